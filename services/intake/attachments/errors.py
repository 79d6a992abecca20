"""Why a file is not taken, each with its status and its sentence beside the field."""

from collections.abc import Mapping

from shared.errors import TooLarge, Unprocessable, UnsupportedMedia

FIELD = "attachment"

TOO_LARGE = "The file must be smaller than 2 MiB."
EMPTY = "The file is empty."
SEVERAL = "Only one file can be sent at a time; you can send more later."
WRONG_KIND = "The file must be a gif, jpg, jpeg, png or pdf, by its name and by its content."
BROKEN = "The file is damaged and cannot be opened."
TOO_MANY_PIXELS = "The picture is too large: at most 40 megapixels, all frames together."
TOO_MANY_FRAMES = "The picture has too many frames: at most 2,000."
FULL = "A ticket holds at most 10 files."


class FileTooLarge(TooLarge):
    """At or over the limit."""

    errors: Mapping[str, list[str]] = {FIELD: [TOO_LARGE]}

    def __init__(self) -> None:
        super().__init__(TOO_LARGE)


class FileNotTaken(UnsupportedMedia):
    """Not of an allowed kind, not what its name says, or no picture at all."""

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
    """The ticket has all the files it may have."""

    def __init__(self) -> None:
        super().__init__({FIELD: [FULL]}, FULL)


# For `except`: every way in which a file can be refused.
FileRefused = (FileTooLarge, FileNotTaken, FileEmpty, SeveralFiles, TicketFull)
