"""Proxies in front of the servers, which misbehave on request."""
