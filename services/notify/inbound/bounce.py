"""What a bounce means for the address and the e-mail that it is about. Pure.

Sources: RFC 3464 (delivery status notifications), RFC 3463 (enhanced status codes). Servers that write neither are read by the words that
they are known to use: notify/inbound/bounce_words.py.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from typing import Literal

from services.notify.inbound.bounce_text import CODE, LONGEST_REPORT, field_text, own_text, text_of_first_recipient
from services.notify.inbound.bounce_words import (
    AFTER_DATA,
    BLOCKED,
    DELAYED,
    EXPIRED,
    FAILED,
    MAILBOX_FULL,
    NOT_THE_ADDRESS,
    OF_THE_SENDER,
    SUSPENDED,
    TRY_AGAIN,
    UNKNOWN_USER,
)
from shared.mail.charsets import decode

Meaning = Literal["final", "retry", "failed"]

# The recipient or its domain does not exist, or has moved (RFC 3463, 3.2); 5.1.10: its domain accepts no mail (RFC 7505).
# 5.1.7 and 5.1.8 are about the sender's address.
FINAL_CODES = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"})
# Codes that servers use for anything: words decide. The last three stand beside "User unknown" and "Host not found", too.
VAGUE_CODES = frozenset({"", "5.0.0", "5.1.0", "5.5.0", "5.2.1", "5.3.0", "5.4.4"})
FULL_CODES = frozenset({"5.2.2", "4.2.2"})
_REPLY = re.compile(r"(?<![\d.])([45]\d\d)[ -]")
_FIELD = re.compile(rb"^(Action|Status|Diagnostic-Code):[ \t]*(.*(?:\r?\n[ \t]+.*){0,8})", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Report:
    """What a bounce states of one recipient: its action and enhanced code (RFC 3464, 2.3.3 and 2.3.4; "" where it has none), its words."""

    action: str
    code: str
    words: str

    @property
    def delayed(self) -> bool:
        """Whether the server still tries."""
        return self.action == "delayed"


def meaning_of(code: str, words: str) -> Meaning:
    """What a server's last answer means: `final` (the address will never accept mail), `retry` (worth another try a day later) or
    `failed` (not because of the address).

    `code`: the enhanced status code or ""; `words`: the server's text. The SMTP dialogue and bounces use this alike.
    """
    unknown = UNKNOWN_USER.search(words) is not None and not OF_THE_SENDER.search(words)
    if code in FULL_CODES or (MAILBOX_FULL.search(words) and not (unknown and code in FINAL_CODES)):
        return "retry"
    if code.startswith("4."):
        return "retry"
    if code in FINAL_CODES:
        return "final" if unknown or not NOT_THE_ADDRESS.search(words) else "failed"
    vague = code in VAGUE_CODES or _is_vendors(code)
    outweighed = any(one.search(words) for one in (AFTER_DATA, TRY_AGAIN, SUSPENDED, BLOCKED))
    return "final" if unknown and vague and not outweighed else "failed"


def code_in(words: str) -> str:
    """The enhanced status code in a server's answer; "" when there is none."""
    found = CODE.search(words)
    return found[1] if found else ""


def diagnose(message: Message, content: bytes) -> Report | None:
    """What a bounce states of the first recipient that it names; None when nothing in it reports a failed delivery."""
    text = text_of_first_recipient(message)
    reports = [*_reports(message)] or [*_loose_reports(content)]
    for report in sorted(reports, key=lambda one: one.action in ("delivered", "relayed", "expanded")):
        after_data = AFTER_DATA.search(own_text(message))
        words = f"{report.words} {after_data[0] if after_data else ''}".strip() if report.words else text
        codes = _codes(words) if report.words or _says_nothing(report.code) else []
        return Report(report.action, _most_specific([report.code, *codes]), words)
    return _from_text(text) if text else None


def _from_text(text: str) -> Report | None:
    codes = _codes(text)
    reply = _REPLY.search(text)
    known = (UNKNOWN_USER, MAILBOX_FULL, EXPIRED, DELAYED, FAILED)
    if not codes and not reply and not any(one.search(text) for one in known):
        return None
    code = _most_specific(codes) if codes else "4.0.0" if reply and reply[1].startswith("4") else ""
    return Report("delayed" if DELAYED.search(text) and not code.startswith("5") else "failed", code, text)


def _most_specific(codes: list[str]) -> str:
    """The code that says most: not x.0.0, and of several the one that is not about the address."""
    named = [code for code in codes if code]
    known = [code for code in named if not _says_nothing(code)]
    return next((code for code in known if code not in FINAL_CODES), None) or next(iter(known or named), "")


def _codes(text: str) -> list[str]:
    return [code for code in CODE.findall(text) if not code.startswith("2")]


def _says_nothing(code: str) -> bool:
    return not code or code.endswith(".0.0") or code in ("5.1.0", "5.5.0")


def _is_vendors(code: str) -> bool:
    """Details of three digits are a vendor's own (Exchange Online's 5.1.351): the words decide, as with none."""
    return code.startswith(("5.0.", "5.1.")) and len(code.rpartition(".")[2]) == 3


def _reports(message: Message) -> Iterator[Report]:
    """Each recipient of a delivery status notification (RFC 3464)."""
    for part in message.walk():
        if part.get_content_type() not in ("message/delivery-status", "message/global-delivery-status"):
            continue
        payload = part.get_payload()
        for block in payload if isinstance(payload, list) else []:
            if isinstance(block, Message) and ("Action" in block or "Status" in block):
                words = field_text(block, "Diagnostic-Code").partition(";")[2].strip()
                status = CODE.search(field_text(block, "Status"))
                yield Report(field_text(block, "Action").lower(), status[1] if status else "", words)


def _loose_reports(content: bytes) -> Iterator[Report]:
    """The fields of a delivery status whose MIME structure is broken."""
    found = reversed(_FIELD.findall(content[:LONGEST_REPORT]))
    fields = {name.lower(): decode(value) for name, value in found}
    status = CODE.search(fields.get(b"status", ""))
    if status:
        words = " ".join(fields.get(b"diagnostic-code", "").partition(";")[2].split())
        yield Report(fields.get(b"action", "").strip().lower(), status[1], words)
