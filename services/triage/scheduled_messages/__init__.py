"""Messages to requesters that are sent a few seconds later, so that they can be undone, or at a time that their writer chose."""
