"""A team's subscriber gets deliveries while the team has a webhook."""

from alembic import op

revision = "0014"
down_revision = "0013"

SCHEMA = """
create function triage.update_listening() returns trigger language plpgsql as $$
begin
    -- One at a time: a webhook that is added while the last one is removed must be seen.
    perform pg_advisory_xact_lock(hashtextextended('listening', 23));
    if tg_op <> 'INSERT' then
        delete from events.listening where subscriber = 'team.' || old.team
            and not exists (select from triage.webhooks where team = old.team);
    end if;
    if tg_op <> 'DELETE' then
        insert into events.listening (subscriber) values ('team.' || new.team) on conflict do nothing;
    end if;
    return null;
end $$;
create trigger update_listening after insert or update of team or delete on triage.webhooks
    for each row execute function triage.update_listening();
insert into events.listening (subscriber) select distinct 'team.' || team from triage.webhooks;
"""


def upgrade() -> None:
    """Add the trigger, and the teams that have a webhook."""
    op.execute(SCHEMA)
