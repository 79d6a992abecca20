"""Claims: agents' leases on tickets."""
