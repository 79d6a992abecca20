"""Actions of agents on tickets: one use case a file, all of them in the registry."""
