"""Mails that notify received, and what intake makes of them."""

from typing import Any

from sqlalchemy import text
from uuid_utils import uuid7

from services.intake.deps import Deps
from services.intake.inbound_mail.process import handle_mails


def arrive(deps: Deps, content: bytes, ticket: str | None, kind: str = "reply") -> str:
    name = f"mail/{uuid7().hex}"
    deps.store.put(name, content, "message/rfc822")
    with deps.engine.begin() as connection:
        connection.execute(
            text(
                "insert into intake.inbound_mails (object, kind, ticket, size, correlation_id, received_at)"
                " values (:name, :kind, :ticket, 1, 'c', now())"
            ),
            {"name": name, "kind": kind, "ticket": ticket},
        )
    return name


def state(deps: Deps, name: str) -> str:
    with deps.engine.connect() as connection:
        found = connection.execute(text("select state from intake.inbound_mails where object = :name"), {"name": name})
        return str(found.scalar_one())


def follow_ups(deps: Deps) -> list[Any]:
    with deps.engine.connect() as connection:
        return list(
            connection.execute(
                text("select ticket, payload, personal from events.log where type = 'TicketFollowedUp' order by id")
            )
        )


def read_all(deps: Deps) -> int:
    return handle_mails(deps, lambda: True)
