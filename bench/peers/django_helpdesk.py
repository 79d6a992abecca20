"""django-helpdesk: a new Django project with it, PostgreSQL and a public queue, by its docs/install.rst and Django's checklist."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.harness.load import UnexpectedAnswer
from bench.peers.environment import python_of
from bench.peers.peer import PASSWORD, Peer, Servers, VisitOf, call, served, servers
from bench.visits.form import File, Form, form_with, get, post
from bench.visits.texts import SUBJECT, address, message
from bench.visits.visits import Visit, expect
from local.ports import free_ports
from local.servers import postgres

NAME = "django-helpdesk"
PAGE = "/tickets/submit/"
_SETTINGS = """
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS += ["django.contrib.sites", "django.contrib.humanize", "helpdesk", "rest_framework", "django_cleanup.apps.CleanupConfig"]
SITE_ID = 1
DATABASES = {"default": {
    "ENGINE": "django.db.backends.postgresql", "HOST": "127.0.0.1", "PORT": "%(database)d",
    "NAME": "%(name)s", "USER": "%(user)s", "PASSWORD": "%(password)s",
    "CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True,
}}
EMAIL_HOST, EMAIL_PORT = "127.0.0.1", %(mail)d
DEFAULT_FROM_EMAIL = "help@helpdesk.example"
MEDIA_ROOT, MEDIA_URL = BASE_DIR / "media", "/media/"
STATIC_ROOT, STATIC_URL = BASE_DIR / "static", "/static/"
LOGIN_URL = "helpdesk:login"
# Without teams, as docs/teams.rst says.
HELPDESK_TEAMS_MODEL, HELPDESK_TEAMS_MIGRATION_DEPENDENCIES = "auth.User", []
HELPDESK_KBITEM_TEAM_GETTER = lambda _: None
LOGGING = {"version": 1, "disable_existing_loggers": False}
"""
_URLS = """
from django.urls import include, path
urlpatterns = [path("", include("helpdesk.urls", namespace="helpdesk"))]
"""
_QUEUE = """
from django.contrib.sites.models import Site
from helpdesk.models import Queue
Site.objects.update(domain="127.0.0.1")
Queue.objects.create(title="Help", slug="help", allow_public_submission=True, email_address="help@helpdesk.example")
"""


@contextmanager
def django_helpdesk(folder: Path) -> Iterator[Peer]:
    """It runs with its data in `folder`, until the block ends. Raises NotInstalled."""
    python = python_of(NAME)
    with servers(folder) as own:
        project = _project(python, folder, own)
        (port,) = free_ports(1)
        with served(python, "own_site.wsgi:application", project, port):
            yield Peer(
                NAME,
                port,
                lambda file: lambda number: _fetch_and_post(port, number, file),
                lambda: _posting(port),
                own.mails,
            )


def _project(python: str, folder: Path, own: Servers) -> Path:
    project = folder / "project"
    project.mkdir()
    call(python, "-m", "django", "startproject", "own_site", str(project), folder=folder)
    given = {"database": own.database_port, "mail": own.mail_port, "password": PASSWORD}
    given |= {"name": postgres.DATABASE, "user": postgres.USER}
    with (project / "own_site" / "settings.py").open("a") as settings:
        settings.write(_SETTINGS % given)
    (project / "own_site" / "urls.py").write_text(_URLS)
    for words in (("migrate",), ("loaddata", "emailtemplate.json"), ("collectstatic", "--noinput"), ("shell",)):
        call(python, "manage.py", *words, folder=project, given=_QUEUE if words == ("shell",) else "")
    return project


def _filled(number: int) -> dict[str, str]:
    return {
        "queue": "1",
        "title": SUBJECT,
        "body": message(number),
        "submitter_email": address("person", number),
    }


def _fetch_and_post(port: int, number: int, file: File | None) -> Visit:
    host = f"127.0.0.1:{port}"
    page = expect((yield get(host, PAGE)), 200)
    form = form_with(page.body, "submitter_email")
    yield from _post(host, form, number, page.cookies, file)


def _post(host: str, form: Form, number: int, cookies: dict[bytes, bytes], file: File | None) -> Visit:
    answer = expect((yield post(host, PAGE, form, _filled(number), cookies, file)), 302)
    if b"ticket=" not in answer.header(b"location"):
        raise UnexpectedAnswer(f"{NAME} sent the visitor to {answer.header(b'location')!r}")


def _posting(port: int) -> VisitOf:
    """Django accepts any token that its cookie repeats, any number of times."""
    token = "b" * 32
    form = Form(PAGE, {"csrfmiddlewaretoken": token, "priority": "3", "due_date": ""})
    return lambda number: _post(f"127.0.0.1:{port}", form, number, {b"csrftoken": token.encode()}, None)
