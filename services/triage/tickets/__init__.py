"""Reading tickets: lists, one ticket, search, queue counts. Changing them: the lock, the timeline, what requesters send."""
