"""People with browsers, cheaply: pages fetched, forms filled in and posted over raw sockets from one thread."""
