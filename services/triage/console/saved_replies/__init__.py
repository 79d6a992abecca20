"""The pages of saved replies, and choosing one in a ticket's composer."""
