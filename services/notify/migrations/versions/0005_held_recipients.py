"""E-mails of 0.1.0 to a domain beyond ASCII are held until their recipient is made again: IDNA 2003 made strasse of straße."""

from alembic import op

revision = "0005"
down_revision = "0004"

# Of all that was not sent, since a person may send it again. The address is in the event that caused the e-mail, or in its thread.
# U+212A, the Kelvin sign, is the one character beyond ASCII whose lower case is ASCII: intake knows such an address by its lower case.
SCHEMA = r"""
alter table notify.emails add original text, add resend_to text;
comment on column notify.emails.original is
    'the address as it was given, of an e-mail of 0.1.0: it is held until its recipient is made from it again';
comment on column notify.emails.resend_to is 'the recipient if it is sent again, where 0.1.0 sent it to another domain''s name';
update notify.emails e set original = given.email
from (
    select unsent.id, coalesce(cause.personal ->> 'email', thread.recipient) as email
    from notify.emails unsent join events.log cause on cause.event_id = unsent.event_id
    left join notify.threads thread on thread.ticket = unsent.ticket
    where unsent.state in ('queued', 'sending', 'deferred', 'failed', 'bounced', 'suppressed')
) given
where given.id = e.id and given.email ~ '@[^@]*[^\x01-\x7f\u212A]';
create index emails_held on notify.emails (id) where original is not null;
"""


def upgrade() -> None:
    """Add the columns and hold what was not sent."""
    op.execute(SCHEMA)
