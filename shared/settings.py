"""Settings: read once at the edge into a frozen dataclass; every invalid variable is reported at once.

Each variable `VIDARE_X` may instead be given as `VIDARE_X_FILE`, the path of a file that holds the value (for secrets).
A service adds its own fields by extending `PlatformSettings`.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

from environs import Env, EnvError

from shared import crash_points

DEFAULT_TEAMS = ("account", "business", "ads", "billing")


class SettingsError(Exception):
    """One or more settings are missing or wrong; `problems` has one line for each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


Reader = Callable[[Env, str], Any]


def setting(name: str, read: str | Reader, about: str, default: Any = MISSING) -> Any:
    """A dataclass field that is filled from `VIDARE_<name>`.

    `read` is the name of an environs method (`str`, `int`, `bool`, `list` …) or a function of the environment and the variable's
    name; `about` is the sentence that docs/operate/settings.md must show for it.
    """
    metadata = {"variable": f"VIDARE_{name}", "read": read, "about": about}
    return field(metadata=metadata) if default is MISSING else field(default=default, metadata=metadata)


def read_url(env: Env, name: str) -> str:
    """An address without its trailing slash."""
    value = str(env.str(name))
    if "://" not in value:
        raise EnvError(f"{name}: not an address such as scheme://host:port")
    return value.rstrip("/")


def read_database_url(env: Env, name: str) -> str:
    """A PostgreSQL address; we add the driver, so `postgresql://` is enough."""
    value = read_url(env, name)
    scheme, _, rest = value.partition("://")
    if scheme.split("+")[0] not in ("postgresql", "postgres"):
        raise EnvError(f"{name}: not a postgresql:// address")
    return f"postgresql+psycopg://{rest}"


def read_secret(env: Env, name: str) -> str:
    """A secret of at least 16 characters: shorter ones can be guessed."""
    value = str(env.str(name))
    if len(value) < 16:
        raise EnvError(f"{name}: a secret has at least 16 characters")
    return value


def read_teams(env: Env, name: str) -> tuple[str, ...]:
    """Team names: lower-case letters, digits and hyphens, since queues and e-mail addresses contain them."""
    teams = tuple(part.strip() for part in str(env.str(name)).split(",") if part.strip())
    bad = [team for team in teams if not team.replace("-", "").isalnum() or team != team.lower()]
    if bad or not teams or len(set(teams)) != len(teams):
        raise EnvError(f"{name}: comma-separated distinct names of lower-case letters, digits and hyphens")
    return teams


class _OneVariable(Env):
    """An environment of one variable, so that the given value is read, not that of the process."""

    def __init__(self, name: str, value: str) -> None:
        super().__init__()
        self._variable = {name: value}

    def _get_value(self, env_key: str, default: Any) -> Any:
        return self._variable.get(env_key, default)


@dataclass(frozen=True)
class PlatformSettings:
    """The settings of every process."""

    database_url: str = setting(
        "DATABASE_URL", read_database_url, "PostgreSQL 15 or newer: `postgresql://user:password@host:port/name`."
    )
    redis_url: str = setting("REDIS_URL", read_url, "Redis, Celery's broker: `redis://:password@host:port/0`.")
    secret: str = setting(
        "SECRET", read_secret, "The root secret; ticket keys, form tokens and reply addresses are derived from it."
    )
    teams: tuple[str, ...] = setting(
        "TEAMS",
        read_teams,
        "The community teams; each has a queue of its own. The first start puts them into the table of teams.",
        DEFAULT_TEAMS,
    )
    intake_url: str = setting("INTAKE_URL", read_url, "Where requesters reach intake.", "http://127.0.0.1:8000")
    triage_url: str = setting("TRIAGE_URL", read_url, "Where agents reach triage.", "http://127.0.0.1:8001")
    notify_url: str = setting("NOTIFY_URL", read_url, "Where notify is reached.", "http://127.0.0.1:8002")
    live_url: str = setting(
        "LIVE_URL", read_url, "Where browsers reach the live updates of the console.", "http://127.0.0.1:8003"
    )
    s3_url: str = setting("S3_URL", read_url, "The S3-compatible store's address.", "http://127.0.0.1:8012")
    s3_public_url: str = setting(
        "S3_PUBLIC_URL", "str", "The address that links to files are signed for; empty: `VIDARE_S3_URL`.", ""
    )
    s3_access_key: str = setting("S3_ACCESS_KEY", "str", "The store's access key.", "")
    s3_secret_key: str = setting("S3_SECRET_KEY", "str", "The store's secret key.", "")
    s3_bucket: str = setting("S3_BUCKET", "str", "The bucket that holds attachments and inbound mail.", "vidare")
    s3_region: str = setting("S3_REGION", "str", "The store's region name, which signatures carry.", "us-east-1")
    mail_from: str = setting("MAIL_FROM", "str", "The address that our e-mail comes from.", "help@localhost.test")
    mail_domain: str = setting(
        "MAIL_DOMAIN", "str", "The domain at which replies and bounces reach us.", "mail.localhost.test"
    )
    smtputf8: bool = setting(
        "SMTPUTF8",
        "bool",
        "Whether addresses beyond ASCII before the @, such as `åsa@example.org`, are accepted; the SMTP server must offer SMTPUTF8.",
        False,
    )
    catalog: Path | None = setting("CATALOG", "path", "A folder with a category catalogue of one's own.", None)
    proxies: int = setting("PROXIES", "int", "How many reverse proxies stand in front and set X-Forwarded-For.", 0)
    body_seconds: int = setting(
        "BODY_SECONDS", "int", "Seconds that a request's body may take to arrive; 2 MiB take 42 at 400 kbit/s.", 60
    )
    docs: bool = setting("DOCS", "bool", "Whether each service shows its API at `/docs`.", True)
    metrics_token: str = setting("METRICS_TOKEN", "str", "If set, `/metrics` asks for it as a bearer token.", "")
    log_level: str = setting("LOG_LEVEL", "str", "debug, info, warning or error.", "info")
    local_mailbox: Path | None = setting(
        "LOCAL_MAILBOX", "path", "The local stack's Maildir; set by `make run` only, and shown on receipts.", None
    )


S = TypeVar("S", bound=PlatformSettings)


def read(cls: type[S], environ: Mapping[str, str] | None = None) -> S:
    """Fill `cls` from `environ` (default: the process's environment).

    Raises SettingsError naming every missing or malformed variable at once.
    """
    source = dict(os.environ if environ is None else environ)
    problems: list[str] = []
    values: dict[str, Any] = {}
    for entry in fields(cls):
        try:
            _read_one(entry, source, values)
        except (EnvError, OSError, ValueError) as error:
            text = str(error)
            name = entry.metadata["variable"]
            problems.append(text if text.startswith(name) else f"{name}: {text}")
    if (point := source.get(crash_points.VARIABLE)) and point not in crash_points.CRASH_POINTS:
        problems.append(
            f"{crash_points.VARIABLE}: there is no crash point {point}; docs/develop/crash-points.md lists them"
        )
    if problems:
        raise SettingsError(problems)
    return cls(**values)


def _read_one(entry: Any, source: Mapping[str, str], values: dict[str, Any]) -> None:
    """Put the field's value into `values`, unless it is unset and has a default."""
    name, reader = entry.metadata["variable"], entry.metadata["read"]
    raw = source.get(name, "")
    if not raw and source.get(f"{name}_FILE"):
        raw = Path(source[f"{name}_FILE"]).read_text(encoding="utf-8").strip()
    if not raw and name not in source:
        if entry.default is MISSING:
            raise EnvError(f"{name}: not set")
        return
    if not raw and (entry.default is None or reader != "str"):
        return
    env = _OneVariable(name, raw)
    values[entry.name] = getattr(env, reader)(name) if isinstance(reader, str) else reader(env, name)
