"""Blocked senders: the list, blocking one, letting one in again."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.triage.blocking.blocked_page import blocked_page
from services.triage.console.layout.form_input import required_text
from services.triage.console.layout.layout import show_tabs
from services.triage.current_deps import deps
from shared.auth.blocked_senders import LONGEST_REASON, block_sender, domain_of, email_of, unblock_sender
from shared.errors import Conflict, Unprocessable
from shared.http.authorisation import authorised, principal

ROWS = 100


def add_pages(blueprint: Blueprint) -> None:
    """The routes /blocked-senders and below."""

    @blueprint.get("/blocked-senders")
    @authorised("senders.read", by="session")
    def blocked_senders() -> ResponseReturnValue:
        return _page()

    @blueprint.post("/blocked-senders")
    @authorised("senders.write", by="session")
    def block() -> ResponseReturnValue:
        try:
            sender, reason = _sender(required_text("sender")), required_text("reason")
            if len(reason) > LONGEST_REASON:
                raise Unprocessable({"reason": [f"At most {LONGEST_REASON} characters."]})
            with deps().engine.begin() as connection:
                block_sender(connection, sender, reason, principal().name)
        except Unprocessable as error:
            return _page([message for messages in error.errors.values() for message in messages]), 422
        except Conflict as error:
            return _page([error.detail]), 409
        return redirect(url_for("console.blocked_senders", done="sender-blocked"), 303)

    @blueprint.post("/blocked-senders/<uuid:blocked>/end")
    @authorised("senders.write", by="session")
    def unblock(blocked: UUID) -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            unblock_sender(connection, blocked)
        return redirect(url_for("console.blocked_senders", done="sender-unblocked"), 303)


def _sender(given: str) -> str:
    """An address, or a domain, perhaps with an @ before it."""
    return email_of(given) if "@" in given.removeprefix("@") else domain_of(given)


def _page(errors: list[str] | None = None) -> str:
    with deps().engine.begin() as connection:
        show_tabs(connection, principal())
        found = blocked_page(connection, request.args.get("cursor"), ROWS)
    return render_template(
        "blocked_senders/blocked_senders.html",
        items=found["items"],
        next_cursor=found["next_cursor"],
        form=request.form,
        errors=errors or [],
        longest_reason=LONGEST_REASON,
    )
