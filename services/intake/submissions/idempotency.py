"""Recognises a submission sent before: by its idempotency key, by its form's token, or by its content.

Each is a row that names the ticket; submit_ticket.py inserts it in the statement that accepts the submission. Of concurrent inserts the
first succeeds; the others wait for that transaction, conflict, and read the row in a second statement. In the same statement the row is
invisible: a test left 17 of 20 concurrent posts unanswered.
"""

import hashlib
from dataclasses import dataclass

from services.intake.submissions.direct_connections import DirectConnections
from services.intake.submissions.submission import Sender, Submission

# The contract: keys are kept a week; a submission without one is recognised for ten minutes.
KEY_LIVES = "7 days"
CONTENT_LIVES = "10 minutes"


@dataclass(frozen=True)
class Keys:
    """What a submission is recognised by: `key` alone where there is one, else `form` or `content`."""

    content_of_submission: bytes
    content: bytes
    key: bytes | None
    form: bytes | None


@dataclass(frozen=True)
class Earlier:
    """The ticket that a key already names. `other_content`: the same key was sent earlier with different content."""

    reference: str
    category: str
    first_missing: tuple[str, ...]
    other_content: bool


def keys_of(submission: Submission, sender: Sender) -> Keys:
    """The keys of a submission.

    The content's digest includes the network, so that no other network learns a ticket's key by guessing the content. The form's
    includes token and content: the same form sent with other words is a new submission.
    """
    content = submission.content()
    return Keys(
        content_of_submission=content,
        content=_digest(sender.network.encode(), content),
        key=_digest(sender.idempotency_key.encode()) if sender.idempotency_key else None,
        form=_digest(sender.form_token.encode(), content) if sender.form_token and not sender.idempotency_key else None,
    )


def _digest(*parts: bytes) -> bytes:
    return hashlib.sha256(b"\x00".join(parts)).digest()


# Both are run through DirectConnections, and may be run twice.
_FIND = """
    select i.reference, s.category, s.first_missing, i.content <> %(content_of_submission)s as other_content
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
    values ('form', %(form)s, %(content_of_submission)s, %(reference)s)
    on conflict do nothing returning 1
"""


def find_earlier(connections: DirectConnections, keys: Keys) -> Earlier | None:
    """The ticket that one of the keys already names; the form's token before the content alone."""
    row = connections.row(_FIND, parameters(keys))
    if row is None:
        return None
    reference, category, first_missing, other_content = row
    return Earlier(reference, category, tuple(first_missing), other_content)


def remember_form(connections: DirectConnections, keys: Keys, reference: str) -> None:
    """Let the form's token name a ticket that was found by its content, so that it is recognised after the ten minutes too."""
    if keys.form is not None:
        values = {"form": keys.form, "content_of_submission": keys.content_of_submission, "reference": reference}
        connections.row(_REMEMBER_FORM, values)


def parameters(keys: Keys) -> dict[str, object]:
    """The keys as the statements name them."""
    return {
        "content_of_submission": keys.content_of_submission,
        "content": keys.content,
        "key": keys.key,
        "form": keys.form,
    }
