"""Why a file is not accepted, each with its status and its message for the field."""

from collections.abc import Mapping

from shared.attachment_types import EXTENSIONS, joined_in_english
from shared.errors import TooLarge, Unprocessable, UnsupportedMedia

FIELD = "attachment"

TOO_LARGE = "The file must be smaller than 2 MiB."
EMPTY = "The file is empty."
SEVERAL = "Only one file can be sent at a time; you can send more later."
WRONG_KIND = f"The file must be a {joined_in_english(EXTENSIONS)}, by its name and by its content."
BROKEN = "The file is damaged and cannot be opened."
TOO_MANY_PIXELS = "The picture is too large: at most 40 megapixels, all frames together."
TOO_MANY_FRAMES = "The picture has too many frames: at most 2,000."
FULL = "A ticket holds at most 10 files."


class FileTooLarge(TooLarge):
    """At or over the limit."""

    errors: Mapping[str, list[str]] = {FIELD: [TOO_LARGE]}

    def __init__(self) -> None:
        super().__init__(TOO_LARGE)


class UnsupportedFile(UnsupportedMedia):
    """Of no accepted type, of another type than its extension, or a broken image."""

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.errors: Mapping[str, list[str]] = {FIELD: [because]}


class FileEmpty(Unprocessable):
    """A file without a byte."""

    def __init__(self) -> None:
        super().__init__({FIELD: [EMPTY]}, EMPTY)


class SeveralFiles(Unprocessable):
    """More than one file at once."""

    def __init__(self) -> None:
        super().__init__({FIELD: [SEVERAL]}, SEVERAL)


class TicketFull(Unprocessable):
    """The ticket holds as many files as it may."""

    def __init__(self) -> None:
        super().__init__({FIELD: [FULL]}, FULL)


# For `except`: every way in which a file can be refused.
FileRefused = (FileTooLarge, UnsupportedFile, FileEmpty, SeveralFiles, TicketFull)
