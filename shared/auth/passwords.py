"""Passwords: Argon2id, with a bound on concurrent hashes so that many sign-ins cannot exhaust memory."""

import secrets
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from shared.errors import Unprocessable

SHORTEST = 12  # characters; OWASP ASVS 5.0, 6.2.1 asks for 8 and recommends 15
LONGEST = 256  # characters; 6.2.9 asks for at least 64

# 19 MiB, two passes, one lane: OWASP's Password Storage Cheat Sheet; about 25 ms on one core.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_AT_ONCE = threading.BoundedSemaphore(2)

# An unknown account's password is checked against this, so that it takes as long as a known one's.
_UNKNOWN_ACCOUNT = _HASHER.hash(secrets.token_hex(16))


def require_length(password: str) -> None:
    """Raise Unprocessable for a password that is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Unprocessable({"password": [f"A password has {SHORTEST} to {LONGEST} characters."]})


def hash_password(password: str) -> str:
    """The hash to keep. Raises what require_length raises."""
    require_length(password)
    with _AT_ONCE:
        return _HASHER.hash(password)


def is_password(kept: str | None, password: str) -> bool:
    """Whether `kept` is the hash of `password`; for None it does the same work and returns False."""
    if len(password) > LONGEST:
        password, kept = "", None
    with _AT_ONCE:
        try:
            matches = _HASHER.verify(kept or _UNKNOWN_ACCOUNT, password)
        except (VerificationError, InvalidHashError):
            return False
    return matches and kept is not None


def is_outdated(kept: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(kept)


def make_password() -> str:
    """A password of 100 random bits in groups of five, to be shown once."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(5)) for _ in range(4))
