"""Whether a program wrote a mail: such a mail is never answered, and changes no ticket's state. Pure."""

from email.message import Message

# Mailing lists: RFC 2919, 2369. Failures and vacation programs before RFC 3834: X-Failed-Recipients (Exim), X-Autoreply,
# X-Autorespond and X-Loop (procmail, OTRS, cPanel).
_HEADERS = ("List-Id", "List-Unsubscribe", "X-Autoreply", "X-Autorespond", "X-Failed-Recipients", "X-Loop")
# RFC 3834, 2 and RFC 5230, 4.6 name bulk, junk and list; auto_reply is what some vacation programs write.
_PRECEDENCE = ("bulk", "junk", "list", "auto_reply")
# RFC 5230, 4.6 names MAILER-DAEMON; the others are addresses that nobody reads.
_SENDERS = ("mailer-daemon", "postmaster", "daemon", "noreply", "no-reply", "do-not-reply", "donotreply")
# Longer than any field that a person's program writes.
_LONGEST_FIELD = 4_000


def automatic_because(message: Message, sender: str | None) -> str | None:
    """What shows that a program wrote it, as a short text; None when a person seems to have.

    `sender`: the envelope's sender, where "" or "<>" is the null sender (RFC 5321, 4.5.5), or the address in From; None where neither
    is known.
    """
    if sender in ("", "<>"):
        return "null sender"
    submitted = _field(message, "Auto-Submitted")
    if submitted is not None:
        submitted = submitted.partition(";")[0].strip().lower()
        if submitted != "no":  # RFC 3834, 5: any other value, an unknown one too
            return _one_line(f"Auto-Submitted: {submitted}")
    precedence = (_field(message, "Precedence") or "").strip().lower()
    if precedence in _PRECEDENCE:
        return f"Precedence: {precedence}"
    present = next((name for name in _HEADERS if name in message), None)
    if present is not None:
        return present
    if message.get_content_type() == "multipart/report":
        return "a report (RFC 6522)"
    local = (sender or "").rpartition("@")[0].lower()
    return f"sent by {local}" if local in _SENDERS else None


def _field(message: Message, name: str) -> str | None:
    """The first field of this name as it came; None when there is none."""
    for field, value in message.raw_items():
        if field.lower() == name.lower():
            return str(value)[:_LONGEST_FIELD]
    return None


def _one_line(text: str) -> str:
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())[:100]
