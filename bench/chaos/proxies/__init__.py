"""Proxies between our processes and external servers, which can be told to misbehave."""
