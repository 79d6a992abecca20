"""Work that is due by time, started by ticks: short transactions, safe to miss or to repeat."""
