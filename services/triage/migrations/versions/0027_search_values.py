"""Which categories and languages tickets have, so that a search for all but one is a search for the others."""

from alembic import op

revision = "0027"
down_revision = "0026"

SCHEMA = """
create table triage.search_values (word text collate "C" primary key);
comment on table triage.search_values is 'Each category and language of the search rows, as its word; ~ alone: without a language.';
insert into triage.search_values (word)
select '#' || category from (select distinct category from triage.tickets) as categories
union
select '~' || left(replace(lower(coalesce(locale, '')), '_', '-'), 50)
from (select distinct locale from triage.tickets) as locales;
"""


def upgrade() -> None:
    """Create the table and fill it from the tickets, which are only read."""
    op.execute(SCHEMA)
