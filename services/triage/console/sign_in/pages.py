"""Signing in and out."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from services.triage.console.layout.cookies import (
    delete_cookie,
    session_cookie,
    session_id,
    set_cookie,
    visit_cookie,
)
from services.triage.console.layout.csrf import own_path
from services.triage.console.sign_in.password_pages import add_password, add_sessions
from services.triage.console.sign_in.public_form import public_form, too_many_attempts
from services.triage.console.sign_in.reset_pages import add_resets
from services.triage.current_deps import deps
from shared.auth.sessions import end_session
from shared.auth.sign_in import sign_in
from shared.errors import TooManyRequests, Unauthenticated
from shared.http.authorisation import public
from shared.http.networks import network_of


def add_pages(blueprint: Blueprint) -> None:
    """The routes /login, /logout, and those about passwords."""
    add_password(blueprint)
    add_sessions(blueprint)
    add_resets(blueprint)

    @blueprint.get("/login")
    @public
    def sign_in_form() -> ResponseReturnValue:
        return _form(200)

    @blueprint.post("/login")
    @public
    def sign_in_now() -> ResponseReturnValue:
        try:
            session = sign_in(
                deps().engine,
                request.form.get("email", ""),
                request.form.get("password", ""),
                network_of(request.remote_addr),
                deps().settings.lock_out,
                session=session_id() or None,
                ip=request.remote_addr,
            )
        except Unauthenticated as error:
            return _form(401, error.detail)
        except TooManyRequests as error:
            return _form(429, too_many_attempts(error.retry_after), error.retry_after)
        answer = redirect(_next(), 303)
        set_cookie(answer, session_cookie(deps().settings.triage_url), session)
        delete_cookie(answer, visit_cookie(deps().settings.triage_url))
        return answer

    @blueprint.post("/logout")
    @public
    def sign_out() -> ResponseReturnValue:
        if session_id():
            with deps().engine.begin() as connection:
                end_session(connection, session_id())
        answer = redirect(url_for("console.sign_in_form", done="signed-out"), 303)
        delete_cookie(answer, session_cookie(deps().settings.triage_url))
        # Delete drafts that the browser stores, too (ASVS 5.0, 14.3.1).
        answer.headers["Clear-Site-Data"] = '"storage"'
        return answer


def to_sign_in() -> Response:
    """Redirect a request without a session to the sign-in form, which leads back afterwards."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" else (request.form.get("back") or "/")
    answer = redirect(url_for("console.sign_in_form", next=wanted if wanted != "/" else None), 303)
    delete_cookie(answer, session_cookie(deps().settings.triage_url))
    return answer


def refuse_stale_form() -> ResponseReturnValue:
    """Show the sign-in form with a new token: the form that was sent belonged to an earlier visit."""
    return _form(403, "This page was open for too long. Please try again.")


def _form(status: int, error: str = "", retry_after: int = 0) -> Response:
    email = request.form.get("email", "")
    return public_form("sign_in/sign_in.html", status, retry_after, error=error, email=email, next=_next())


def _next() -> str:
    return own_path(request.values.get("next", "")) or url_for("console.start")
