"""The API of tickets: lists, one ticket, claims, actions and files."""
