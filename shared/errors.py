"""The few kinds of failure that use cases and event handlers raise; the edge decides what each becomes."""

from collections.abc import Mapping, Sequence


class TransientError(Exception):
    """It will work later: the delivery backs off and comes again (design: failures)."""


class PermanentError(Exception):
    """It will never work: the delivery is parked at once, for a person to look at."""


class UseCaseError(Exception):
    """A use case says no. `detail` is one sentence for the caller."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail


class Unreadable(UseCaseError):
    """The request could not be read at all (400)."""


class Unauthenticated(UseCaseError):
    """Nobody knows who asks (401)."""


class Forbidden(UseCaseError):
    """Known, but not theirs (403)."""


class NotFound(UseCaseError):
    """Not there, or not to be told (404)."""


class Conflict(UseCaseError):
    """The thing changed meanwhile (409)."""


class TooLarge(UseCaseError):
    """More bytes than are taken (413)."""


class UnsupportedMedia(UseCaseError):
    """A kind of content that is not taken (415)."""


class Unprocessable(UseCaseError):
    """Readable but wrong (422); `errors` names every bad field and what is wrong with it."""

    def __init__(self, errors: Mapping[str, Sequence[str]], detail: str = "Some fields need another look.") -> None:
        super().__init__(detail)
        self.errors = {field: list(messages) for field, messages in errors.items()}


class TooManyRequests(UseCaseError):
    """Over a limit (429); `retry_after` in seconds."""

    def __init__(self, detail: str, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class Unavailable(UseCaseError):
    """Something we need is away (503); `retry_after` in seconds."""

    def __init__(self, detail: str, retry_after: int = 10) -> None:
        super().__init__(detail)
        self.retry_after = retry_after
