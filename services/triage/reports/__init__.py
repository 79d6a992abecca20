"""What a lead looks at: where notes went wrong."""
