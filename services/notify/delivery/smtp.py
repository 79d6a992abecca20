"""A connection to the SMTP server (RFC 5321): one mail after the other, and every reply turned into one of a few kinds."""

import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from services.notify.delivery.smtp_errors import Deferred, Lost, Misconfigured, Outage, Refused, SmtpError
from services.notify.delivery.smtp_server import Server
from shared.crash_points import effect

SERVICE_NOT_AVAILABLE = 421
# A ValueError is smtplib's for a closed connection's file.
_BROKEN = (OSError, smtplib.SMTPException, ValueError)
_DATA, _GO_ON, _END = "DATA\r\n", 354, b".\r\n"
# RFC 5321, 4.5.2: a body's line that begins with a dot gets a second one, for a lone dot ends it.
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)


class SmtpConnection:
    """One open, greeted and logged-in connection. `most_seconds` is the longest it may live, whatever the server does."""

    def __init__(self, server: Server, most_seconds: float = 300) -> None:
        """Raises Outage when nobody answers, Misconfigured when the server will not have us."""
        self._server = server
        self._smtp = self._open()
        self.mails = 0
        self.usable = True
        # A server that drips one byte at a time never times out; this ends any conversation in the end.
        self._watchdog = threading.Timer(most_seconds, self._cut)
        self._watchdog.daemon = True
        self._watchdog.start()
        try:
            self._introduce()
        except BaseException:
            self.close()
            raise

    @effect
    def send(
        self, sender: str, recipient: str, body: Callable[[], bytes], before_body: Callable[[], None]
    ) -> tuple[int, str]:
        """Hand one mail over. Returns the server's reply to the body (code, words). It is then the server's to deliver.

        Both addresses are of the plain form that services.notify.emails.addresses lets pass, so they are written as they are. `body` makes
        it, while the server considers who writes; `before_body` is called when the server has taken the recipient; an exception of
        either ends the mail unsent. Raises SmtpError's kinds; once `usable` is false the connection is to be closed.
        """
        self.mails += 1
        mail, rcpt = f"MAIL FROM:<{sender}>\r\n", f"RCPT TO:<{recipient}>\r\n"
        # In one go where the server takes that (RFC 2920), since waiting costs more than all else.
        together = self._smtp.has_extn("pipelining")
        self._tell("MAIL", mail + rcpt + _DATA if together else mail)
        with self._or_cut():
            content = body()
        self._answer("MAIL", refused=Misconfigured, owed=2 if together else 0)
        if not together:
            self._tell("RCPT", rcpt)
        self._answer("RCPT", owed=1 if together else 0)
        with self._or_cut():
            before_body()
        if not together:
            self._tell("DATA", _DATA)
        self._answer("DATA", wanted=_GO_ON)
        self._tell("DATA", _on_the_wire(content), self._server.patience.body_reply)
        return self._answer("DATA")

    @contextmanager
    def _or_cut(self) -> Iterator[None]:
        """A server that was told of a body waits for one; cut off before, the mail is not its."""
        try:
            yield
        except BaseException:
            self._cut()
            raise

    def reset(self, owed: int = 0) -> None:
        """Take back a mail that is begun (RSET); a server that answers badly gets no second mail."""
        try:
            for _ in range(owed):
                code, _ = self._smtp.getreply()
                if code == _GO_ON:
                    # It wants the body of a mail it refused. RFC 2920, 3.1 ends that with a lone dot; cut off, it is no mail for sure.
                    self._cut()
                    return
            code, _ = self._smtp.rset()
        except (OSError, smtplib.SMTPException):
            code = SERVICE_NOT_AVAILABLE
        if code != 250:
            self._cut()

    @effect
    def quit(self) -> None:
        """Say goodbye. Everything is sent by now, so a server that fails at this fails at nothing."""
        with suppress(OSError, smtplib.SMTPException, ValueError):
            self._wait_at_most(self._server.patience.goodbye)
            self._smtp.quit()
        self.close()

    def close(self) -> None:
        """Drop the connection without a word."""
        self._watchdog.cancel()
        with suppress(OSError):
            self._smtp.close()

    def _cut(self) -> None:
        """End the conversation from any thread: who waits for the server is told at once."""
        self.usable = False
        with suppress(OSError):
            if self._smtp.sock is not None:
                self._smtp.sock.shutdown(socket.SHUT_RDWR)

    def _open(self) -> smtplib.SMTP:
        server = self._server
        try:
            if server.protection == "tls":
                return smtplib.SMTP_SSL(
                    server.host,
                    server.port,
                    server.our_name,
                    timeout=server.patience.connect,
                    context=server.tls_context(),
                )
            return smtplib.SMTP(server.host, server.port, server.our_name, timeout=server.patience.connect)
        except ssl.SSLCertVerificationError as error:
            raise Misconfigured("connect", error.verify_message) from error
        except smtplib.SMTPResponseException as error:
            raise Outage("connect", _words(error.smtp_error), error.smtp_code) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Outage("connect", _about(error)) from error

    def _introduce(self) -> None:
        """EHLO, STARTTLS, AUTH: failing at any is a fault of the server or of our settings, never of a mail."""
        try:
            self._say_ehlo()
            if self._server.protection == "starttls":
                self._start_tls()
            if self._server.user is not None:
                self._log_in(self._server.user, self._server.password or "")
        except smtplib.SMTPResponseException as error:
            raise Outage("EHLO", _words(error.smtp_error), error.smtp_code) from error
        except ssl.SSLCertVerificationError as error:
            raise Misconfigured("STARTTLS", error.verify_message) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Outage("EHLO", _about(error)) from error
        self._wait_at_most(self._server.patience.reply)

    def _log_in(self, user: str, password: str) -> None:
        try:
            self._smtp.login(user, password)
        except smtplib.SMTPAuthenticationError as error:
            kind = Misconfigured if error.smtp_code >= 500 else Outage
            raise kind("AUTH", _words(error.smtp_error), error.smtp_code) from error
        except UnicodeError as error:
            raise Misconfigured("AUTH", "user and password must be ASCII") from error
        except smtplib.SMTPException as error:
            # A bare one is smtplib's for a server with no way to log in that it knows.
            if type(error) not in (smtplib.SMTPNotSupportedError, smtplib.SMTPException):
                raise
            raise Misconfigured("AUTH", _about(error)) from error

    def _wait_at_most(self, seconds: float) -> None:
        if self._smtp.sock is not None and self._smtp.sock.gettimeout() != seconds:
            self._smtp.sock.settimeout(seconds)

    def _say_ehlo(self) -> None:
        self._smtp.ehlo_or_helo_if_needed()

    def _start_tls(self) -> None:
        if not self._smtp.has_extn("starttls"):
            raise Misconfigured("STARTTLS", "the server does not offer it")
        code, words = self._smtp.starttls(context=self._server.tls_context())
        if code != 220:
            raise Outage("STARTTLS", _words(words), code)
        self._say_ehlo()

    def _tell(self, stage: str, lines: str | bytes, patience: float | None = None) -> None:
        """Say it; the answer may take `patience` seconds. Raises Lost."""
        try:
            self._wait_at_most(patience or self._server.patience.reply)
            self._smtp.send(lines)
        except _BROKEN as error:
            raise self._lost(stage, error) from error

    def _answer(
        self, stage: str, *, wanted: int | None = None, refused: type[SmtpError] = Refused, owed: int = 0
    ) -> tuple[int, str]:
        """The reply to one command, which is `wanted` or any 2xx, or raised as the kind that its code stands for.

        `owed`: replies to commands sent together with this one, to be read before anything else is said.
        """
        try:
            code, reply = self._smtp.getreply()
        except _BROKEN as error:
            raise self._lost(stage, error) from error
        words = _words(reply)
        if code == wanted or (wanted is None and 200 <= code < 300):
            return code, words
        if code == SERVICE_NOT_AVAILABLE:
            self.usable = False
            raise Outage(stage, words, code)
        if not 400 <= code < 600:
            self._cut()
            raise Lost(stage, f"it is no reply to this: {words}", silent=False)
        self.reset(owed)
        if 400 <= code < 500:
            raise Deferred(stage, words, code)
        raise refused(stage, words, code)

    def _lost(self, stage: str, error: BaseException) -> Lost:
        self.usable = False
        return Lost(stage, _about(error), silent=_was_silence(error))


def _on_the_wire(body: bytes) -> bytes:
    return _LEADING_DOT.sub(b"..", body) + (b"" if body.endswith(b"\r\n") else b"\r\n") + _END


def _words(reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    if text.isprintable():
        return text[:1000]
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())[:1000]


def _about(error: BaseException) -> str:
    return _words(str(error) or type(error).__name__)


def _was_silence(error: BaseException | None) -> bool:
    """Whether a time-out is at the bottom of it: smtplib hides it inside SMTPServerDisconnected."""
    while error is not None:
        if isinstance(error, TimeoutError):
            return True
        error = error.__context__
    return False
