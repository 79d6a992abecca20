"""The errors that use cases and event handlers raise; the edge turns them into answers."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType


class TransientError(Exception):
    """It may succeed later: the delivery backs off and is redelivered."""


class PermanentError(Exception):
    """It will never succeed: the delivery is parked at once."""


class UseCaseError(Exception):
    """A use case rejects a request. `detail` is one sentence for the caller."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail


class Unreadable(UseCaseError):
    """The request cannot be parsed (400)."""


class Unauthenticated(UseCaseError):
    """The caller is unknown (401)."""


class Forbidden(UseCaseError):
    """The caller has no permission (403)."""


class NotFound(UseCaseError):
    """It does not exist, or its existence is not disclosed (404)."""


class Conflict(UseCaseError):
    """It changed meanwhile (409). `members`: further top-level members of the answer (RFC 9457, 3.2)."""

    members: Mapping[str, object] = MappingProxyType({})


class TooLarge(UseCaseError):
    """More bytes than allowed (413)."""


class UnsupportedMedia(UseCaseError):
    """A content type that is not accepted (415)."""


class Unprocessable(UseCaseError):
    """Readable but invalid (422). `errors`: messages by field."""

    def __init__(self, errors: Mapping[str, Sequence[str]], detail: str = "Some fields need another look.") -> None:
        super().__init__(detail)
        self.errors = {field: list(messages) for field, messages in errors.items()}


class TooManyRequests(UseCaseError):
    """Over a limit (429); `retry_after` in seconds."""

    def __init__(self, detail: str, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class Unavailable(UseCaseError):
    """A server that we need is down (503); `retry_after` in seconds."""

    def __init__(self, detail: str, retry_after: int = 10) -> None:
        super().__init__(detail)
        self.retry_after = retry_after
