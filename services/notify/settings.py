"""The settings of notify, besides those of every process."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import limits
from environs import EnvError

from shared.mail.addresses import is_ascii_address, is_domain
from shared.settings import PlatformSettings, SettingsError, read_url, setting

SMTP_SCHEMES = ("smtp", "smtp+starttls", "smtps")


def read_smtp_url(env: Any, name: str) -> str:
    """An SMTP server's address, credentials included; the scheme names the protection."""
    value = read_url(env, name)
    try:
        parts = urlsplit(value)
        usable = parts.scheme in SMTP_SCHEMES and parts.hostname is not None and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise EnvError(
            f"{name}: not an address such as smtp://host:25, smtp+starttls://user:password@host:587 or smtps://host"
        )
    return value


def read_sender(env: Any, name: str) -> str:
    """An e-mail address without a name."""
    value = str(env.str(name))
    if not is_ascii_address(value):
        raise EnvError(f"{name}: not an e-mail address such as help@example.com")
    return value


def read_domain(env: Any, name: str) -> str:
    """A mail domain."""
    value = str(env.str(name)).lower()
    if not is_domain(value):
        raise EnvError(f"{name}: not a domain such as mail.example.com")
    return value


def read_mode(env: Any, name: str) -> str:
    """`always` or `off`."""
    value = str(env.str(name))
    if value not in ("always", "off"):
        raise EnvError(f"{name}: always or off")
    return value


@dataclass(frozen=True)
class NotifySettings(PlatformSettings):
    """Settings of notify's processes."""

    smtp_url: str = setting(
        "SMTP_URL",
        read_smtp_url,
        "The server that takes our e-mail: `smtp://`, `smtp+starttls://` (verified) or `smtps://`, with `user:password@` if it asks.",
        "smtp://127.0.0.1:8013",
    )
    smtp_ca: str = setting(
        "SMTP_CA", "str", "A file of certificates to verify the SMTP server by; empty: the system's.", ""
    )
    smtp_connections: int = setting(
        "SMTP_CONNECTIONS", "int", "How many connections to the SMTP server are open at most, over all workers.", 2
    )
    mail_from: str = setting("MAIL_FROM", read_sender, "The address that our e-mail comes from.", "help@localhost.test")
    mail_domain: str = setting(
        "MAIL_DOMAIN", read_domain, "The domain at which replies and bounces reach us.", "mail.localhost.test"
    )
    acknowledgements: str = setting("ACKNOWLEDGEMENTS", read_mode, "`always` or `off`.", "always")
    acknowledgement_limits: str = setting(
        "LIMIT_ACKNOWLEDGEMENTS",
        "str",  # not a reader of our own: those never see an empty value, which here means "off"
        "Acknowledgements an address gets at most, in the notation of `limits`; empty: no limit.",
        "3/hour;10/day",
    )
    transfer_mail: bool = setting(
        "TRANSFER_MAIL", "bool", "Whether requesters get an e-mail when their ticket goes to another team.", False
    )

    def __post_init__(self) -> None:
        try:
            if self.acknowledgement_limits:
                limits.parse_many(self.acknowledgement_limits)
        except ValueError as error:
            raise SettingsError(["VIDARE_LIMIT_ACKNOWLEDGEMENTS: not limits such as 3/hour;10/day"]) from error
