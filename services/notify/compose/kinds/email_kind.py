"""What a kind of e-mail is made of. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from services.notify.compose.strings import TEMPLATES
from services.notify.settings import NotifySettings
from shared.catalog import Catalog
from shared.events.contracts import RecordedEvent

Facts = dict[str, Any]
# A participant gets a copy of what the requester gets, without the link to the ticket's page.
Audience = Literal["requester", "applicant", "lead", "colleague", "writer", "participant", "new_address"]

SAMPLE_REFERENCE = "T-7K3M-9QXA"


def no_facts(event: RecordedEvent, catalog: Catalog, locale: str) -> Facts:
    """For an e-mail whose text is always the same."""
    return {}


@dataclass(frozen=True)
class EmailKind:
    """One kind of e-mail; its texts are the folder `name` below `templates`.

    `name`: as stored in the ledger and used by the API; `title`: for lists.
    `events`: types of the events that cause it; `applies`: whether it is due for one of them.
    `audience`: the reader, named by the footer's string `footer_<audience>`.
    `facts(event, catalog, locale)`: the values that its templates use besides `network`, `reference`, `status_url`, `help_url` and
    `triage_url`; with those of `person_facts` where a person may have written it; codes of the event as texts of the catalogue. Raises
    KeyError for a code that the catalogue lacks.
    `samples(catalog, locale)`: made-up facts of each case that the templates distinguish, the most telling one first.
    `about_ticket`: whether the samples have a ticket's reference and status link.
    `limited_by`: the kinds that count against the recipient's limit of automatic e-mails (VIDARE_LIMIT_ACKNOWLEDGEMENTS); empty: not
    limited. Each kind named here needs a partial index on notify.emails (recipient_key, created_at).
    `auto_submitted`: the header's value, by RFC 3834, 5: auto-replied answers a mail.
    `copied`: whether the ticket's participants get a copy of the e-mail for this event.
    `links_tickets`: the text links several tickets, confirms an address or sets a password, by stand-ins that are filled when it is sent.
    `carries_files`: the files of its event are an agent's own, and go along.
    `enabled`: whether the settings allow it.
    """

    name: str
    title: str
    audience: Audience
    samples: Callable[[Catalog, str], Iterator[Facts]]
    events: tuple[str, ...]
    facts: Callable[[RecordedEvent, Catalog, str], Facts] = no_facts
    applies: Callable[[RecordedEvent], bool] = lambda event: True
    about_ticket: bool = True
    limited_by: tuple[str, ...] = ()
    auto_submitted: Literal["auto-generated", "auto-replied"] = "auto-generated"
    copied: Callable[[RecordedEvent], bool] = lambda event: False
    links_tickets: bool = False
    carries_files: bool = False
    enabled: Callable[[NotifySettings], bool] = lambda settings: True
    templates: Path = TEMPLATES
