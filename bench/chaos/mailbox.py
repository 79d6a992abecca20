"""The mails that arrived at the sink."""

from collections import defaultdict
from email.parser import BytesHeaderParser
from pathlib import Path


def mails_by_recipient(maildir: Path) -> dict[str, list[str]]:
    """The Message-ID of every mail, by the address it was delivered to."""
    found: dict[str, list[str]] = defaultdict(list)
    for folder in ("new", "cur"):
        for path in (maildir / folder).iterdir():
            mail = BytesHeaderParser().parsebytes(path.read_bytes())
            for address in str(mail["X-RcptTo"]).split(","):
                found[address.strip().lower()].append(str(mail["Message-ID"]).strip())
    return found
