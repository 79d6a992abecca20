"""Rulesets keep their text as written, with comments; their record has the author's account, and cannot be emptied."""

from pathlib import Path

from alembic import op
from sqlalchemy import text

revision = "0010"
down_revision = "0009"

FROZEN = Path(__file__).parents[1] / "frozen"

BEFORE = """
alter table triage.rulesets add column source text;
comment on column triage.rulesets.source is
    'the YAML text that the document was read from, null where there was none: comments and order are worth keeping';
alter table triage.ruleset_changes add column account text;
comment on column triage.ruleset_changes.account is 'the e-mail address of who did it, since names change and repeat; null for a command';
"""
SEED_TEXT = """
update triage.rulesets set source = :source where number = 1 and created_by = 'system' and document::jsonb = cast(:document as jsonb)
"""
AFTER = """
create or replace function triage.keep_ruleset() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and (new.number, new.comment, new.created_by, new.created_at, new.document::text, new.source)
                            is not distinct from
                            (old.number, old.comment, old.created_by, old.created_at, old.document::text, old.source) then
        return new;
    end if;
    raise exception 'a saved ruleset never changes';
end $$;
-- Emptying a table asks no trigger of its rows.
create trigger never_emptied before truncate on triage.rulesets for each statement execute function triage.refuse_change();
create trigger never_emptied before truncate on triage.ruleset_changes for each statement execute function triage.refuse_change();
"""


def upgrade() -> None:
    """Add the columns; the seed gets its text."""
    op.execute(BEFORE)
    files = {"source": FROZEN / "0001_seed.yaml", "document": FROZEN / "0001_seed.json"}
    seed = {name: file.read_text(encoding="utf-8") for name, file in files.items()}
    op.get_bind().execute(text(SEED_TEXT), seed)
    op.execute(AFTER)
