"""The token of a form: the same token and content is the same submission, however often it is sent.

It holds the time the form was made, so that a form filled in faster than a person can is recognised.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from itsdangerous import BadSignature, URLSafeTimedSerializer

_SALT = "intake.form.token"


@dataclass(frozen=True)
class FormToken:
    """The content of a token: a random name, and when the form was made."""

    name: str
    made_at: datetime


def new_token(secret: str) -> str:
    """A fresh signed token for one form."""
    return URLSafeTimedSerializer(secret, salt=_SALT).dumps(secrets.token_urlsafe(12))


def read_token(secret: str, given: str) -> FormToken | None:
    """The content of `given`, whatever its age (a page may stay open for days); None when its signature is wrong."""
    try:
        name, made_at = URLSafeTimedSerializer(secret, salt=_SALT).loads(given, return_timestamp=True)
    except BadSignature:
        return None
    return FormToken(str(name), made_at.astimezone(UTC)) if isinstance(name, str) else None
