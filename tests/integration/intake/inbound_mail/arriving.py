"""Mails that notify told of, and what intake makes of them."""

from typing import Any

from sqlalchemy import text
from uuid_utils import uuid7

from services.intake.inbound_mail.mail_room import MailRoom
from services.intake.inbound_mail.process import handle_mails


def arrive(room: MailRoom, content: bytes, ticket: str | None, kind: str = "reply") -> str:
    name = f"mail/{uuid7().hex}"
    room.store.put(name, content, "message/rfc822")
    with room.engine.begin() as connection:
        connection.execute(
            text(
                "insert into intake.inbound_mails (object, kind, ticket, size, correlation_id, received_at)"
                " values (:name, :kind, :ticket, 1, 'c', now())"
            ),
            {"name": name, "kind": kind, "ticket": ticket},
        )
    return name


def state(room: MailRoom, name: str) -> str:
    with room.engine.connect() as connection:
        found = connection.execute(text("select state from intake.inbound_mails where object = :name"), {"name": name})
        return str(found.scalar_one())


def follow_ups(room: MailRoom) -> list[Any]:
    with room.engine.connect() as connection:
        return list(
            connection.execute(
                text("select ticket, payload, personal from events.log where type = 'TicketFollowedUp' order by id")
            )
        )


def read_all(room: MailRoom) -> int:
    return handle_mails(room, lambda: True)
