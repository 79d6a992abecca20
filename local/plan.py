"""The plan of a stack: embedded servers, ports, and the processes' environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local.data_directory import DataDirectory, Secrets
from local.errors import LocalError
from local.ports import SERVER_OFFSETS
from local.process import Launch
from local.servers import mail_sink, object_store, postgres, redis
from shared.runtime.addresses import in_url
from shared.runtime.processes import PROCESSES, Daemon, Web

BUCKET = "vidare"
MAIL_DOMAIN = "vidare.example"
# A server of one's own, given by this variable, replaces the embedded one.
REPLACED_BY = {
    "postgres": "VIDARE_DATABASE_URL",
    "redis": "VIDARE_REDIS_URL",
    "s3": "VIDARE_S3_URL",
    "smtp-sink": "VIDARE_SMTP_URL",
}


@dataclass(frozen=True)
class Plan:
    """`environment`: every VIDARE_* of our processes. `servers`: the embedded ones, in the order they start."""

    bind: str
    base_port: int
    environment: Mapping[str, str]
    servers: tuple[Launch, ...]
    maildir: Path
    own_database: bool  # made by the stack itself

    @property
    def ports(self) -> dict[str, int]:
        """Every port the stack listens on, by the process's name."""
        web = {each.name: each.offset for each in PROCESSES if isinstance(each, Web)}
        daemons = {each.name: each.offset for each in PROCESSES if isinstance(each, Daemon) and each.offset is not None}
        servers = {launch.name: SERVER_OFFSETS[launch.name] for launch in self.servers}
        return {name: self.base_port + offset for name, offset in {**web, **daemons, **servers}.items()}


def make_plan(directory: DataDirectory, secrets: Secrets, given: Mapping[str, str]) -> Plan:
    """The plan for this directory; `given` is the environment at the start, which overrides our choices.

    Raises LocalError for an invalid base port.
    """
    bind = given.get("VIDARE_BIND") or "127.0.0.1"
    base = _base_port(given.get("VIDARE_BASE_PORT") or "8000")
    embedded = {name for name, variable in REPLACED_BY.items() if not _is_given(given, variable)}
    launches = _launches(directory.folder, secrets, bind, base)
    chosen = _chosen(directory, secrets, bind, base, embedded)
    kept = {name: value for name, value in chosen.items() if not _is_given(given, name)}
    ours = {name: value for name, value in given.items() if name.startswith("VIDARE_") and name != "VIDARE_HOME"}
    return Plan(
        bind=bind,
        base_port=base,
        environment={**ours, **kept},
        servers=tuple(launch for launch in launches if launch.name in embedded),
        maildir=mail_sink.maildir(directory.folder),
        own_database="postgres" in embedded,
    )


def _base_port(text: str) -> int:
    highest = 65535 - max(SERVER_OFFSETS.values()) - 1
    if not text.isdecimal() or not 1024 <= int(text) <= highest:
        raise LocalError(f"VIDARE_BASE_PORT is {text!r}: a number from 1024 to {highest}")
    return int(text)


def _is_given(given: Mapping[str, str], variable: str) -> bool:
    return bool(given.get(variable) or given.get(f"{variable}_FILE"))


def _launches(folder: Path, secrets: Secrets, bind: str, base: int) -> tuple[Launch, ...]:
    port = {name: base + offset for name, offset in SERVER_OFFSETS.items()}
    keys = {"access_key": secrets.s3_access_key, "secret_key": secrets.s3_secret_key}
    return (
        postgres.launch(folder, port["postgres"], password=secrets.database_password, bind=bind),
        redis.launch(folder, port["redis"], password=secrets.redis_password, bind=bind),
        object_store.launch(folder, port["s3"], bucket=BUCKET, bind=bind, **keys),
        mail_sink.launch(folder, port["smtp-sink"], bind=bind, forked=True),
    )


def _chosen(directory: DataDirectory, secrets: Secrets, bind: str, base: int, embedded: set[str]) -> dict[str, str]:
    addresses = {
        f"VIDARE_{each.name.upper()}_URL": f"http://{in_url(bind)}:{base + each.offset}"
        for each in PROCESSES
        if isinstance(each, Web)
    }
    of_server = {
        "postgres": {"VIDARE_DATABASE_URL": postgres.url(base + 10, secrets.database_password, bind)},
        "redis": {"VIDARE_REDIS_URL": redis.url(base + 11, secrets.redis_password, bind)},
        "s3": {
            "VIDARE_S3_URL": object_store.url(base + 12, bind),
            "VIDARE_S3_ACCESS_KEY": secrets.s3_access_key,
            "VIDARE_S3_SECRET_KEY": secrets.s3_secret_key,
        },
        "smtp-sink": {
            "VIDARE_SMTP_URL": mail_sink.url(base + 13, bind),
            "VIDARE_LOCAL_MAILBOX": str(mail_sink.maildir(directory.folder)),
        },
    }
    chosen = {
        **addresses,
        "VIDARE_BIND": bind,
        "VIDARE_BASE_PORT": str(base),
        "VIDARE_SECRET": secrets.secret,
        "VIDARE_S3_BUCKET": BUCKET,
        "VIDARE_MAIL_DOMAIN": MAIL_DOMAIN,
        "VIDARE_MAIL_FROM": f"help@{MAIL_DOMAIN}",
        "VIDARE_HEARTBEATS": str(directory.run),
    }
    for name in embedded:
        chosen |= of_server[name]
    return chosen
