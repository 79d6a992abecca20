"""The requester's pages: help, the form, the ticket."""
