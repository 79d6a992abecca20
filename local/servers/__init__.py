"""The four servers of the embedded stack: PostgreSQL, Redis, an S3 store and an SMTP sink, each from a wheel."""
