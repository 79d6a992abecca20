"""Cleans a file's name; no name is a reason to refuse the file."""

import re
import unicodedata

# Bytes: the longest that common file systems accept (NAME_MAX on Linux, 255 bytes).
LONGEST = 255
_NAMELESS = "file"
# `.png` and `....png`: all of the name is its extension.
_ONLY_AN_EXTENSION = re.compile(r"[. ]*\.[A-Za-z0-9]{1,8}")


def clean_name(given: str) -> str:
    """`given` without its path, without control, bidi and other invisible characters, in at most LONGEST bytes.

    The extension survives the cut. An empty name becomes "file".
    """
    base = given.replace("\\", "/").rpartition("/")[2]
    # Cc controls, Cf invisible formats (bidi overrides among them), Cs half pairs, Co private, Cn unassigned, Zl and Zp line ends.
    visible = "".join(
        one for one in base if unicodedata.category(one) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    )
    name = " ".join(unicodedata.normalize("NFC", visible).split()).strip(" .")
    if _ONLY_AN_EXTENSION.fullmatch(base.strip()):
        name = f"{_NAMELESS}.{name}"
    return _cut(name) or _NAMELESS


def extension(name: str) -> str:
    """The extension in lower case without its dot; empty when there is none."""
    stem, dot, last = name.rpartition(".")
    return last.lower() if dot and stem else ""


def _cut(name: str) -> str:
    if len(name.encode()) <= LONGEST:
        return name
    ending = extension(name)
    tail = f".{ending}" if ending and len(ending.encode()) <= 16 else ""
    left = LONGEST - len(tail.encode())
    return name[: len(name) - len(tail)].encode()[:left].decode(errors="ignore").strip(" .") + tail
