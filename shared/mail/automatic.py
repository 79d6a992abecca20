"""Whether a program wrote a mail: such a mail is never answered, and changes no ticket's state. Pure.

Three answers: a program did (`automatic_because`), a person may have although the mail bears marks of one (`unsure_because`), or a
person did (neither). What may be a person's is read by a person, but gets no automatic answer either.
"""

import re
from email.message import Message

from shared.mail.headers import decoded, raw_header

# Failures and vacation programs before RFC 3834: X-Failed-Recipients (Exim), X-Autoreply and X-Autorespond (procmail, cPanel).
_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Failed-Recipients")
# RFC 3834, 2 and RFC 5230, 4.6 name junk; auto_reply is what some vacation programs write.
_PRECEDENCE = ("junk", "auto_reply")
# RFC 5230, 4.6 names MAILER-DAEMON; the others are addresses that nobody reads.
_DAEMONS = ("mailer-daemon", "postmaster", "daemon")
_UNREAD = ("noreply", "no-reply", "do-not-reply", "donotreply")
# What a group or a mailing list adds to the mails of its members (RFC 2919, RFC 2369); X-Loop is of procmail and ticket systems.
_GROUP_HEADERS = ("List-Id", "List-Post", "List-Unsubscribe", "Mailing-List", "X-Loop")
# Exchange writes it into people's mails too (MS-OXCMAIL, 2.1.3.2.2): it asks for no automatic answer, and says nothing of the writer.
_SUPPRESS = "X-Auto-Response-Suppress"
_SUPPRESSES_ANSWERS = ("all", "autoreply")
# How the subjects of automatic answers begin: Outlook in the languages of its users, and vacation programs.
_SUBJECTS = (
    "automatic reply", "automatic response", "auto reply", "auto-reply", "autoreply", "auto response", "autoresponse",
    "out of office", "out of office autoreply", "out-of-office", "autosvar", "automatiskt svar", "automatisk svar", "fraværsbesked",
    "automatische antwort", "abwesenheitsnotiz", "automatisch antwoord", "réponse automatique", "absence du bureau",
    "respuesta automática", "resposta automática", "risposta automatica", "automaattinen vastaus", "odpowiedź automatyczna",
    "automatická odpověď", "automatikus válasz", "otomatik yanıt", "автоматический ответ", "自動応答", "自动答复", "自動回覆", "자동 회신",
)  # fmt: skip
_SUBJECT = re.compile(rf"\s*(?:{'|'.join(map(re.escape, _SUBJECTS))})\s*(?:[:：]|$)", re.IGNORECASE)
# No person's program writes more parts.
_MOST_PARTS = 100


def automatic_because(message: Message, sender: str | None, *, ticket_named: bool = False) -> str | None:
    """What shows that a program wrote it, as a short text; None when a person did or may have.

    `sender`: the envelope's sender, where "" or "<>" is the null sender (RFC 5321, 4.5.5), or the address in From; None where neither
    is known. `ticket_named`: it came to a ticket's address, which no newsletter knows.
    """
    if sender in ("", "<>"):
        return "null sender"
    submitted = _field(message, "Auto-Submitted")
    if submitted is not None:
        submitted = submitted.partition(";")[0].strip().lower()
        if submitted != "no":  # RFC 3834, 5: any other value, an unknown one too
            return _one_line(f"Auto-Submitted: {submitted}")
    precedence = _precedence(message)
    if precedence in _PRECEDENCE or (precedence == "bulk" and not _is_of_a_group(message, ticket_named)):
        return f"Precedence: {precedence}"
    present = next((name for name in _HEADERS if name in message), None)
    if present is not None:
        return present
    return _by_content(message) or _by_sender(message, sender)


def unsure_because(message: Message) -> str | None:
    """What a mail bears that programs write, and people's programs or groups write too, as a short text; None for nothing.

    For a mail of which automatic_because knows nothing.
    """
    if _precedence(message) in ("list", "bulk"):
        return f"Precedence: {_precedence(message)}"
    present = next((name for name in _GROUP_HEADERS if name in message), None)
    if present is not None:
        return present
    suppressed = {one.strip().lower() for one in (_field(message, _SUPPRESS) or "").split(",")}
    return _SUPPRESS if suppressed.intersection(_SUPPRESSES_ANSWERS) else None


def _is_of_a_group(message: Message, ticket_named: bool) -> bool:
    """Whether a mail with `Precedence: bulk` may be of a group's member; a newsletter names how to unsubscribe."""
    if "List-Unsubscribe" in message:
        return ticket_named
    return any(name in message for name in _GROUP_HEADERS)


def _by_content(message: Message) -> str | None:
    if message.get_content_type() == "multipart/report":
        return "a report (RFC 6522)"
    if (_field(message, "X-Apple-Action") or "").strip().upper() == "VACATION":
        return "X-Apple-Action: VACATION"
    if _answers_an_invitation(message):
        return "a calendar reply (RFC 5546)"
    subject = _SUBJECT.match(decoded(raw_header(message, "Subject"))[:100])
    return _one_line(f"Subject: {subject[0].strip()}") if subject else None


def _answers_an_invitation(message: Message) -> bool:
    """Whether one of its own parts, not of a mail attached to it, is the answer of a calendar."""
    waiting, seen = [message], 0
    while waiting and seen < _MOST_PARTS:
        part, seen = waiting.pop(), seen + 1
        if part.get_content_type() == "text/calendar" and str(part.get_param("method", "")).upper() == "REPLY":
            return True
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            waiting += [child for child in payload if isinstance(child, Message)]
    return False


def _by_sender(message: Message, sender: str | None) -> str | None:
    """A daemon, or an address that nobody reads, unless the mail says where a person reads the answer (contact forms do)."""
    local = (sender or "").rpartition("@")[0].lower()
    unread = local in _UNREAD and "@" not in raw_header(message, "Reply-To")
    return f"sent by {local}" if local in _DAEMONS or unread else None


def _precedence(message: Message) -> str:
    return (_field(message, "Precedence") or "").strip().lower()


def _field(message: Message, name: str) -> str | None:
    """The first field of this name; None when there is none."""
    return raw_header(message, name) if name in message else None


def _one_line(text: str) -> str:
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())[:100]
