"""Form tokens against cross-site posts: derived from a secret that only this browser's cookie holds, so none is stored."""

import hashlib
import hmac


def csrf_token(secret: str, cookie: str) -> str:
    """The token that forms shown to the holder of `cookie` carry."""
    return hmac.new(secret.encode(), f"csrf:{cookie}".encode(), hashlib.sha256).hexdigest()


def is_csrf_token(secret: str, cookie: str, given: str) -> bool:
    """Whether `given` came from a form of ours, shown to this browser; compared in constant time."""
    return bool(cookie) and hmac.compare_digest(csrf_token(secret, cookie).encode(), given.encode())
