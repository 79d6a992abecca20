"""Which notes are the same note: by its key, by its form's token, or by its content. Pure but for the two statements.

A claim is a row that says "this stands for that ticket". Who inserts it first has the ticket; everybody else waits for that
transaction, finds the row taken, and reads whose it is in a second statement (in the same one its snapshot would not show it:
seen to leave 17 of 20 concurrent posts without an answer).
"""

import hashlib
from dataclasses import dataclass

from services.intake.submissions.direct_connections import DirectConnections
from services.intake.submissions.submission import Note, Sender

# The contract: keys are kept a week; a note without one is the same for ten minutes.
KEY_LIVES = "7 days"
CONTENT_LIVES = "10 minutes"


@dataclass(frozen=True)
class Claims:
    """What a note is recognised by. `key` rules alone where there is one; else `form` and `content` together."""

    content_of_note: bytes
    content: bytes
    key: bytes | None
    form: bytes | None


@dataclass(frozen=True)
class Earlier:
    """The ticket that a claim already stands for. `other_content`: the key came with another note then."""

    reference: str
    category: str
    first_missing: tuple[str, ...]
    key_number: int
    other_content: bool


def claims_of(note: Note, sender: Sender) -> Claims:
    """The claims of a note.

    The content's row holds the network too, so that nobody elsewhere learns a ticket's key by guessing the note. The form's row holds
    token and content together: the same form sent with other words is a new note.
    """
    content = note.content()
    return Claims(
        content_of_note=content,
        content=_digest(sender.network.encode(), content),
        key=_digest(sender.idempotency_key.encode()) if sender.idempotency_key else None,
        form=_digest(sender.form_token.encode(), content) if sender.form_token and not sender.idempotency_key else None,
    )


def _digest(*parts: bytes) -> bytes:
    return hashlib.sha256(b"\x00".join(parts)).digest()


# Both are run through DirectConnections, and may be run twice.
_FIND = """
    select i.reference, s.category, s.first_missing, s.key_number, i.content <> %(content_of_note)s as other_content
    from intake.idempotency i join intake.submissions s using (reference)
    where (i.expires_at is null or i.expires_at > clock_timestamp())
      and ((i.kind = 'key' and i.digest = %(key)s)
           or (cast(%(key)s as bytea) is null
               and ((i.kind = 'form' and i.digest = %(form)s) or (i.kind = 'content' and i.digest = %(content)s))))
    order by i.kind = 'content'
    limit 1
"""

_REMEMBER_FORM = """
    insert into intake.idempotency (kind, digest, content, reference)
    values ('form', %(form)s, %(content_of_note)s, %(reference)s)
    on conflict do nothing returning 1
"""


def find_earlier(connections: DirectConnections, claims: Claims) -> Earlier | None:
    """The ticket that one of the claims already stands for; the form's token knows better than the content alone."""
    row = connections.row(_FIND, parameters(claims))
    if row is None:
        return None
    reference, category, first_missing, key_number, other_content = row
    return Earlier(reference, category, tuple(first_missing), key_number, other_content)


def remember_form(connections: DirectConnections, claims: Claims, reference: str) -> None:
    """Let the form's token stand for a ticket that the content found, so that it does so after the ten minutes too."""
    if claims.form is not None:
        connections.row(
            _REMEMBER_FORM, {"form": claims.form, "content_of_note": claims.content_of_note, "reference": reference}
        )


def parameters(claims: Claims) -> dict[str, object]:
    """The claims as the statements name them."""
    return {
        "content_of_note": claims.content_of_note,
        "content": claims.content,
        "key": claims.key,
        "form": claims.form,
    }
