"""A sender's name and address as a From header (RFC 5322, 3.4). Pure."""

import re
from email.header import Header

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SPECIAL = re.compile(r'(["\\])')
_LONGEST_NAME = 120
_LONGEST_WORD = 75


def mailbox(name: str, address: str) -> str:
    """`"Anna, Pinly" <help@example.com>` in ASCII and on one line: a name beyond ASCII as encoded words (RFC 2047, 5).

    Whatever the name holds, it begins no other header and no other address; without one it is the address alone.
    """
    plain = " ".join(_CONTROL.sub(" ", name).split())[:_LONGEST_NAME].rstrip()
    if not plain:
        return address
    # Many programs decode what looks like an encoded word in a quoted string, too.
    if plain.isascii() and "=?" not in plain:
        quoted = _SPECIAL.sub(r"\\\1", plain)
        return f'"{quoted}" <{address}>'
    encoded = Header(plain, "utf-8", maxlinelen=_LONGEST_WORD, header_name="From").encode(linesep="\n")
    return f"{encoded} <{address}>".replace("\n", "")
