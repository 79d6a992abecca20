"""One's own password, and the browsers in which one is signed in."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.triage.console.layout.cookies import session_cookie, session_id, set_cookie
from services.triage.console.layout.layout import show_tabs
from services.triage.current_deps import deps
from services.triage.people.end_sessions import end_sessions
from shared.audit.record import Author, record_audit
from shared.auth.passwords import LONGEST, SHORTEST, require_length
from shared.auth.sessions import list_sessions, start_session
from shared.auth.sign_in import sign_in
from shared.auth.users import reset_password
from shared.errors import TooManyRequests, Unauthenticated, Unprocessable
from shared.http.authorisation import authorised, principal
from shared.http.networks import network_of


def add_password(blueprint: Blueprint) -> None:
    """The route /password."""

    @blueprint.get("/password")
    @authorised("tickets.read", by="session")
    def password_form() -> ResponseReturnValue:
        return _page()

    @blueprint.post("/password")
    @authorised("tickets.read", by="session")
    def change_password() -> ResponseReturnValue:
        try:
            session = _change(request.form.get("current", ""), request.form.get("new", ""))
        except Unauthenticated:
            return _page("That is not your current password.", 422)
        except TooManyRequests as error:
            return _page(error.detail, 429)
        except Unprocessable as error:
            return _page(" ".join(error.errors["password"]), 422)
        answer = redirect(url_for("console.password_form", done="password"), 303)
        set_cookie(answer, session_cookie(deps().settings.triage_url), session)
        return answer


def add_sessions(blueprint: Blueprint) -> None:
    """The route /sessions/ending."""

    @blueprint.post("/sessions/ending")
    @authorised("tickets.read", by="session")
    def end_others() -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            end_sessions(
                connection, principal(), session_id(), request.remote_addr, request.form.get("session") or None
            )
        return redirect(url_for("console.password_form", done="sessions-ended"), 303)


def _change(current: str, new: str) -> str:
    """Check the current password by signing in, so that the same lock-out applies. Returns the id of a new session."""
    require_length(new)
    settings = deps().settings
    network = network_of(request.remote_addr)
    sign_in(
        deps().engine,
        principal().email,
        current,
        network,
        settings.lock_out,
        session=session_id(),
        ip=request.remote_addr,
    )
    with deps().engine.begin() as connection:
        reset_password(connection, principal().id, new)
        author = Author(principal().id, request.remote_addr)
        record_audit(connection, author, "user.password_set", f"user/{principal().id}")
        return start_session(connection, principal().id)


def _page(error: str = "", status: int = 200) -> ResponseReturnValue:
    with deps().engine.begin() as connection:
        show_tabs(connection, principal())
        sessions = list_sessions(connection, principal().id, session_id())
    html = render_template("sign_in/password.html", error=error, shortest=SHORTEST, longest=LONGEST, sessions=sessions)
    return html, status
