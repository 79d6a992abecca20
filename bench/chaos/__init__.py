"""Send submissions while processes are killed, frozen and emptied, and check that nothing is lost or doubled."""
