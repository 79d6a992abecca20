"""People: making accounts, roles and teams, passwords, closing an account."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from services.triage.claims.release_all import release_all
from services.triage.console.layout.layout import show_tabs
from services.triage.current_deps import deps
from shared.auth.passwords import make_password
from shared.auth.principal import ROLES
from shared.auth.users import (
    User,
    disable,
    enable,
    list_users,
    make_user,
    reset_password,
    set_name,
    set_role,
    set_teams,
)
from shared.errors import Conflict, NotFound, Unprocessable
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
                make_user(connection, email, request.form.get("name", "").strip(), role, _teams(), password)
        except Unprocessable as error:
            return _page(error.errors, 422)
        except Conflict as error:
            return _page({"email": [error.detail]}, 409)
        return _page({}, 200, told=email, password=password)

    @blueprint.post("/people/<uuid:person>")
    @authorised("people.write", by="session")
    def change_person(person: UUID) -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            found = _find(connection, person)
            _keep_oneself(found, request.form.get("role", found.role) != found.role)
            set_name(connection, person, request.form.get("name", found.name).strip())
            set_role(connection, person, request.form.get("role", found.role))
            set_teams(connection, person, _teams())
        return redirect(url_for("console.people", done="saved"), 303)

    @blueprint.post("/people/<uuid:person>/password")
    @authorised("people.write", by="session")
    def new_password(person: UUID) -> ResponseReturnValue:
        password = make_password()
        with deps().engine.begin() as connection:
            found = _find(connection, person)
            reset_password(connection, person, password)
        return _page({}, 200, told=found.email, password=password)

    @blueprint.post("/people/<uuid:person>/closing")
    @authorised("people.write", by="session")
    def close_account(person: UUID) -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            _keep_oneself(_find(connection, person), True)
            disable(connection, person)
            release_all(connection, person, principal())
        return redirect(url_for("console.people", done="disabled"), 303)

    @blueprint.post("/people/<uuid:person>/opening")
    @authorised("people.write", by="session")
    def open_account(person: UUID) -> ResponseReturnValue:
        password = make_password()
        with deps().engine.begin() as connection:
            found = _find(connection, person)
            enable(connection, person, password)
        return _page({}, 200, told=found.email, password=password)


def _page(faults: dict[str, list[str]], status: int, told: str = "", password: str = "") -> ResponseReturnValue:
    """The list; a password just made is shown on this answer and nowhere else."""
    with deps().engine.begin() as connection:
        show_tabs(connection, principal())
        users = list_users(connection)
    html = render_template(
        "admin/people.html",
        users=users,
        roles=[role for role in ROLES if role != "service"],
        teams=deps().settings.teams,
        faults=faults,
        told=told,
        password=password,
        typed=request.form,
        place="people",
    )
    return html, status


def _find(connection: Connection, person: UUID) -> User:
    found = next((one for one in list_users(connection) if one.id == person), None)
    if found is None:
        raise NotFound("There is no such account.")
    return found


def _keep_oneself(user: User, loses: bool) -> None:
    """Nobody locks themselves out by a slip: another admin must do that."""
    if loses and user.id == principal().id:
        raise Conflict("This is your own account. Ask another admin to do that.")


def _teams() -> list[str]:
    return [team for team in request.form.getlist("teams") if team in deps().settings.teams]
