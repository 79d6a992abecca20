"""A trial that nothing is lost and nothing doubled while processes are killed and frozen, and servers lose their state."""
