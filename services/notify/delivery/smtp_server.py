"""The SMTP server that e-mails are sent to, and how long each reply may take."""

import ssl
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True)
class Timeouts:
    """Seconds until a silent server counts as away.

    RFC 5321, 4.5.3.2 asks for minutes, which would hold up the queue. A time-out costs a mail no more than a later try; only after
    the body, where a second try is a second mail, the wait is long.
    """

    connect: float = 10
    reply: float = 30
    body_reply: float = 120
    quit: float = 5


@dataclass(frozen=True)
class Server:
    """Its address, protection and log-in."""

    host: str
    port: int
    protection: str  # "none", "starttls" or "tls"
    user: str | None
    password: str | None
    ca: str
    our_name: str
    timeouts: Timeouts = Timeouts()

    @classmethod
    def of(cls, url: str, our_name: str, ca: str = "") -> "Server":
        """Read from an URL such as smtp+starttls://user:password@host:587.

        `our_name` is sent in EHLO; `ca` is a file of certificates to verify by (empty: the system's).
        """
        parts = urlsplit(url)
        protection = {"smtp": "none", "smtp+starttls": "starttls", "smtps": "tls"}[parts.scheme]
        port = parts.port or {"none": 25, "starttls": 587, "tls": 465}[protection]
        user = unquote(parts.username) if parts.username else None
        password = unquote(parts.password) if parts.password else None
        return cls(parts.hostname or "", port, protection, user, password, ca, our_name)

    def verified_tls(self) -> ssl.SSLContext:
        """It always verifies certificate and host name."""
        return ssl.create_default_context(cafile=self.ca or None)
