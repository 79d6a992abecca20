"""E-mails without a ticket: something was disapproved, or an application moved on."""

from collections.abc import Sequence
from typing import Literal, get_args
from uuid import uuid4

from sqlalchemy import Connection

from services.triage.team_queue.disapprove import known_reasons
from shared.auth.principal import Principal
from shared.catalog.model import Catalog
from shared.errors import Unprocessable
from shared.events.contracts import application_status_changed, item_disapproved
from shared.events.log import record

Status = Literal["received", "approved", "disapproved", "available"]
STATUSES: tuple[Status, ...] = get_args(Status)


def announce_disapproval(
    connection: Connection,
    catalog: Catalog,
    by: Principal,
    email: str,
    locale: str | None,
    item: str,
    reasons: Sequence[str],
) -> None:
    """Tell somebody that `item` (its address or title) was disapproved. Raises Unprocessable for no or unknown reasons."""
    payload = {"reasons": known_reasons(reasons, catalog), "locale": locale, "by": by.name}
    record(connection, [item_disapproved(str(uuid4()), payload, {"email": email, "item": item})])


def announce_status(
    connection: Connection,
    catalog: Catalog,
    by: Principal,
    email: str,
    locale: str | None,
    item: str,
    status: Status,
    reasons: Sequence[str] = (),
) -> None:
    """Tell an applicant where the application for `item` is.

    Raises Unprocessable for unknown reasons, or for reasons with anything but a disapproval.
    """
    if reasons and status != "disapproved":
        raise Unprocessable({"reasons": ["Only a disapproval has reasons."]})
    codes = known_reasons(reasons, catalog) if reasons else []
    payload = {"status": status, "reasons": codes, "locale": locale, "by": by.name}
    record(connection, [application_status_changed(str(uuid4()), payload, {"email": email, "item": item})])
