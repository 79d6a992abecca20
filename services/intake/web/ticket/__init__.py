"""After step 2: the page of a ticket."""
