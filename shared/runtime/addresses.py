"""Where to find what listens on a bound address."""

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 (compared, not bound)


def reachable(bind: str) -> str:
    """The address at which this machine reaches what listens on `bind`."""
    return _EVERYWHERE.get(bind, bind)


def in_url(bind: str) -> str:
    """The same, as it is written in a URL."""
    host = reachable(bind)
    return f"[{host}]" if ":" in host else host
