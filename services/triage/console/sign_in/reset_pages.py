"""For who has forgotten their password, and for who was invited: a link by e-mail, and the page that it opens."""

from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from services.triage.console.sign_in.public_form import public_form, too_many_attempts
from services.triage.current_deps import deps
from services.triage.people.choose_password import choose_password
from services.triage.people.forgotten_password import forgotten_password
from shared.auth.password_links import find_link
from shared.auth.passwords import LONGEST, SHORTEST
from shared.errors import NotFound, TooManyRequests, Unprocessable
from shared.http.authorisation import public
from shared.http.networks import network_of
from shared.storage.database import autocommit


def add_resets(blueprint: Blueprint) -> None:
    """The routes /forgotten-password and /password/<link>."""

    @blueprint.get("/forgotten-password")
    @public
    def forgotten_form() -> ResponseReturnValue:
        return public_form("sign_in/forgotten.html")

    @blueprint.post("/forgotten-password")
    @public
    def forgotten_now() -> ResponseReturnValue:
        email, network = request.form.get("email", ""), network_of(request.remote_addr)
        try:
            with deps().engine.begin() as connection:
                forgotten_password(connection, email, network, deps().settings.lock_out, request.remote_addr)
        except Unprocessable as error:
            return public_form("sign_in/forgotten.html", 422, error=" ".join(error.errors["email"]), email=email)
        except TooManyRequests as error:
            words = too_many_attempts(error.retry_after)
            return public_form("sign_in/forgotten.html", 429, error.retry_after, error=words, email=email)
        return redirect(url_for("console.sign_in_form", done="link-sent"), 303)

    @blueprint.get("/password/<uuid:link>")
    @public
    def chosen_form(link: UUID) -> ResponseReturnValue:
        return _chosen_form(link, request.args.get("token", ""))

    @blueprint.post("/password/<uuid:link>")
    @public
    def choose_now(link: UUID) -> ResponseReturnValue:
        token, password = request.form.get("token", ""), request.form.get("new", "")
        try:
            with deps().engine.begin() as connection:
                choose_password(connection, deps().settings.secret, link, token, password, request.remote_addr)
        except Unprocessable as error:
            return _chosen_form(link, token, " ".join(error.errors["password"]))
        except NotFound:
            return _chosen_form(link, token)
        return redirect(url_for("console.sign_in_form", done="password-chosen"), 303)


def _chosen_form(link: UUID, token: str, error: str = "") -> Response:
    """Opening the page changes nothing: programs that check mails open links, too."""
    with autocommit(deps().engine) as connection:
        found = find_link(connection, deps().settings.secret, link, token)
    status = 404 if found is None else 422 if error else 200
    return public_form(
        "sign_in/choose_password.html",
        status,
        found=found,
        link=link,
        link_token=token,
        error=error,
        shortest=SHORTEST,
        longest=LONGEST,
    )
