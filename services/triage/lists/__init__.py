"""Lists of tickets: queues, filters, orders, search."""
