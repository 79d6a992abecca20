"""Takes the keys out of our links that a mail quotes: whoever reads what the mail says must not get the page of its writer. Pure."""

import re

# Keys and tokens are 32 or 64 characters of lower-case base32 (shared/ticket_keys.py). Mail programs break lines within a link, and some
# rewrite links into their own, with the sign = escaped once or twice.
_KEY = re.compile(r"((?:key|token)(?:=|%3D|%253D))(?:\s*\n[>|\s]*)?(?:[a-z2-7]{32}){1,2}(?![a-z2-7])", re.IGNORECASE)


def without_keys(text: str) -> str:
    """`text` with `…` in place of every key in a link."""
    return _KEY.sub(r"\1…", text)
