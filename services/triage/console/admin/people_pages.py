"""People: creating accounts, roles and teams, passwords, closing an account."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.triage.console.layout.layout import show_tabs
from services.triage.current_deps import deps
from services.triage.people.add_account import add_account
from services.triage.people.change_account import Changes, change_account
from services.triage.people.close_account import close_account
from services.triage.people.invite_person import invite_person
from services.triage.people.open_account import open_account
from services.triage.people.set_password import set_password
from shared.auth.passwords import make_password
from shared.auth.principal import ROLES
from shared.auth.users import list_users
from shared.errors import Conflict, Unprocessable
from shared.http.authorisation import authorised, principal


def add_people(blueprint: Blueprint) -> None:
    """The routes /people and below."""

    @blueprint.get("/people")
    @authorised("people.read", by="session")
    def people() -> ResponseReturnValue:
        return _page({}, 200)

    @blueprint.post("/people")
    @authorised("people.write", by="session")
    def add_person() -> ResponseReturnValue:
        password = make_password()
        email, role = request.form.get("email", "").strip(), request.form.get("role", "")
        try:
            with deps().engine.begin() as connection:
                name = request.form.get("name", "").strip()
                add_account(
                    connection, principal(), request.remote_addr, email, name, role, _teams(), _known_teams(), password
                )
        except Unprocessable as error:
            return _page(error.errors, 422)
        except Conflict as error:
            return _page({"email": [error.detail]}, 409)
        return _page({}, 200, email=email, password=password)

    @blueprint.post("/people/<uuid:person>")
    @authorised("people.write", by="session")
    def change_person(person: UUID) -> ResponseReturnValue:
        name = request.form["name"].strip() if "name" in request.form else None
        with deps().engine.begin() as connection:
            changes = Changes(name, request.form.get("role"), _teams())
            change_account(connection, person, principal(), request.remote_addr, changes, _known_teams())
        return redirect(url_for("console.people", done="saved"), 303)

    @blueprint.post("/people/<uuid:person>/password")
    @authorised("people.write", by="session")
    def new_password(person: UUID) -> ResponseReturnValue:
        password = make_password()
        with deps().engine.begin() as connection:
            found = set_password(connection, person, principal(), request.remote_addr, password)
        return _page({}, 200, email=found.email, password=password)

    @blueprint.post("/people/<uuid:person>/invitation")
    @authorised("people.write", by="session")
    def invite(person: UUID) -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            invite_person(connection, person, principal(), request.remote_addr)
        return redirect(url_for("console.people", done="invited"), 303)

    @blueprint.post("/people/<uuid:person>/closing")
    @authorised("people.write", by="session")
    def close_person(person: UUID) -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            close_account(connection, person, principal(), request.remote_addr)
        return redirect(url_for("console.people", done="disabled"), 303)

    @blueprint.post("/people/<uuid:person>/opening")
    @authorised("people.write", by="session")
    def open_person(person: UUID) -> ResponseReturnValue:
        password = make_password()
        with deps().engine.begin() as connection:
            found = open_account(connection, person, principal(), request.remote_addr, password)
        return _page({}, 200, email=found.email, password=password)


def _page(errors: dict[str, list[str]], status: int, email: str = "", password: str = "") -> ResponseReturnValue:
    """The list of people; a new password of the account `email` is shown in this response only."""
    with deps().engine.begin() as connection:
        show_tabs(connection, principal())
        users = list_users(connection)
    html = render_template(
        "admin/people.html",
        users=users,
        roles=[role for role in ROLES if role != "service"],
        teams=deps().settings.teams,
        errors=errors,
        email=email,
        password=password,
        form=request.form,
        current_page="people",
    )
    return html, status


def _teams() -> list[str]:
    return [team for team in request.form.getlist("teams") if team in _known_teams()]


def _known_teams() -> Sequence[str]:
    return deps().settings.teams
