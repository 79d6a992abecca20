"""Roundup: the classic tracker with PostgreSQL and its index, behind a WSGI server, as doc/installation.txt says.

Its requesters have accounts: anonymous people get no e-mail from it. One account, logged in once, sends all issues.
"""

import http.client
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

from bench.harness.load import UnexpectedAnswer
from bench.peers.environment import python_of
from bench.peers.peer import PASSWORD, Peer, Servers, call, served, servers
from bench.visits.form import File, Form, form_with, get, post
from bench.visits.texts import SUBJECT, message
from bench.visits.visits import Visit, expect
from local.ports import free_ports
from local.servers import postgres

NAME = "roundup"
PAGE = "/issue?@template=item"
PERSON, PERSONS_PASSWORD = "person", "person-password"
# Posted without its page; a token is checked where there is one, and the address of the page before in any case.
NEW_ISSUE = Form("issue", {"@action": "new", "@template": "item", "@required": "title,priority"})
_WSGI = """
from roundup.cgi.wsgi_handler import RequestDispatcher
application = RequestDispatcher({tracker!r}, feature_flags={{"cache_tracker": ""}})
"""


@contextmanager
def roundup(folder: Path) -> Iterator[Peer]:
    """It runs with its data in `folder`, until the block ends. Raises NotInstalled."""
    python = python_of(NAME)
    with servers(folder) as own:
        (port,) = free_ports(1)
        project = folder / "project"
        project.mkdir()
        (project / "served.py").write_text(_WSGI.format(tracker=str(_tracker(python, project, own, port))))
        with served(python, "served:application", project, port):
            cookies = _log_in(port)
            yield Peer(
                NAME,
                port,
                lambda file: lambda number: _fetch_and_post(port, number, cookies, file),
                lambda: lambda number: _post(port, NEW_ISSUE, number, cookies, None),
                own.mails,
            )


def _tracker(python: str, project: Path, own: Servers, port: int) -> Path:
    """Made by its own command, which is beside the interpreter."""
    tracker, admin = project / "tracker", str(Path(python).with_name("roundup-admin"))
    settings = {
        "tracker_web": f"http://127.0.0.1:{port}/",
        "tracker_email": "issues@roundup.example",
        "admin_email": "admin@roundup.example",
        "mail_domain": "roundup.example",
        "mail_host": "127.0.0.1",
        "mail_port": own.mail_port,
        "rdbms_host": "127.0.0.1",
        "rdbms_port": own.database_port,
        "rdbms_user": postgres.USER,
        "rdbms_password": PASSWORD,
        "rdbms_name": "roundup",
        "indexer": "native-fts",
        "nosy_messages_to_author": "yes",
    }
    given = ",".join(f"{name}={value}" for name, value in settings.items())
    call(admin, "-i", str(tracker), "install", "classic", "postgresql", given, folder=project)
    call(admin, "-i", str(tracker), "initialise", PASSWORD, folder=project)
    person = [f"username={PERSON}", f"password={PERSONS_PASSWORD}", "address=person@example.com", "roles=User"]
    call(admin, "-i", str(tracker), "create", "user", *person, folder=project)
    return tracker


def _log_in(port: int) -> dict[bytes, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    fields = {"@action": "login", "__login_name": PERSON, "__login_password": PERSONS_PASSWORD}
    fields["__came_from"] = f"http://127.0.0.1:{port}/"
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Referer": f"http://127.0.0.1:{port}/"}
    connection.request("POST", "/", urlencode(fields), headers)
    answer = connection.getresponse()
    answer.read()
    cookie = answer.getheader("Set-Cookie") or ""
    if answer.status not in (302, 303) or not cookie:
        raise UnexpectedAnswer(f"{NAME} did not log in: {answer.status}")
    name, _, value = cookie.partition(";")[0].partition("=")
    return {name.encode(): value.encode()}


def _fetch_and_post(port: int, number: int, cookies: dict[bytes, bytes], file: File | None) -> Visit:
    page = expect((yield get(f"127.0.0.1:{port}", PAGE, cookies)), 200)
    form = form_with(page.body, "title")
    if "@csrf" not in form.fields:
        raise UnexpectedAnswer(f"{NAME}: the form has no token")
    yield from _post(port, form, number, cookies, file)


def _post(port: int, form: Form, number: int, cookies: dict[bytes, bytes], file: File | None) -> Visit:
    filled = {"title": f"{SUBJECT} {number}", "@note": message(number), "priority": "3"}
    sent = replace(file, field="@file") if file else None
    answer = expect((yield post(f"127.0.0.1:{port}", PAGE, form, filled, cookies, sent)), 302, 303)
    if not re.search(rb"/issue[0-9]+\?", answer.header(b"location")):
        raise UnexpectedAnswer(f"{NAME} sent the visitor to {answer.header(b'location')!r}")
