"""What is done with a file: checked in the request, kept in the store, re-encoded afterwards."""
