"""What the services keep: PostgreSQL and the object store."""
