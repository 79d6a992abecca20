"""Changes of accounts that concern tickets and claims too."""
