"""A connection to the SMTP server (RFC 5321): mail after mail, with every failure as one of a few errors."""

import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from services.notify.delivery.smtp_errors import Deferred, Lost, Misconfigured, Outage, Refused, SmtpError, was_silence
from services.notify.delivery.smtp_server import Server
from shared.crash_points import effect
from shared.mail.addresses import NO_SMTPUTF8

SERVICE_NOT_AVAILABLE = 421
# smtplib raises ValueError on the file of a closed connection.
_BROKEN = (OSError, smtplib.SMTPException, ValueError)
_DATA, _GO_ON, _END = "DATA\r\n", 354, b".\r\n"
# RFC 5321, 4.5.2: a body's line that begins with a dot gets a second one, for a lone dot ends it.
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)


class SmtpConnection:
    """An open connection, logged in. It is cut off after `most_seconds`, whatever the server does."""

    def __init__(self, server: Server, most_seconds: float = 300) -> None:
        """Raises Outage when the server does not answer, Misconfigured when it rejects us."""
        self._server = server
        self._smtp = self._open()
        self.mails = 0
        self.usable = True
        # A server that sends one byte at a time never times out; this ends the conversation.
        self._watchdog = threading.Timer(most_seconds, self._cut)
        self._watchdog.daemon = True
        self._watchdog.start()
        try:
            self._introduce()
        except BaseException:
            self.close()
            raise

    @property
    def largest(self) -> int | None:
        """The most bytes of a mail that the server accepts (RFC 1870); None where it tells no bound."""
        told = self._smtp.esmtp_features.get("size", "")
        return int(told) or None if told.isdecimal() else None

    @effect
    def send(
        self, sender: str, recipient: str, body: Callable[[], bytes], before_body: Callable[[], None]
    ) -> tuple[int, str]:
        """Send one mail; returns the server's reply to the body (code, words). The server is then responsible for it.

        Both addresses must pass shared.mail.addresses.is_writable: they are written as they are. `body` makes the content
        while the server works on MAIL; `before_body` is called when it has accepted the recipient; an exception of either ends the mail
        unsent. Raises SmtpError's subclasses; once `usable` is false, close the connection.
        """
        self.mails += 1
        mail, rcpt = f"MAIL FROM:<{sender}>{self._parameters(recipient)}\r\n", f"RCPT TO:<{recipient}>\r\n"
        # In one write where the server allows it (RFC 2920): the round trips cost more than all else.
        pipelined = self._smtp.has_extn("pipelining")
        self._send_lines("MAIL", mail + rcpt + _DATA if pipelined else mail)
        with self._or_cut():
            content = body()
        self._reply("MAIL", refused=Misconfigured, pending=2 if pipelined else 0)
        if not pipelined:
            self._send_lines("RCPT", rcpt)
        self._reply("RCPT", pending=1 if pipelined else 0)
        with self._or_cut():
            before_body()
        if not pipelined:
            self._send_lines("DATA", _DATA)
        self._reply("DATA", wanted=_GO_ON)
        self._send_lines("DATA", _on_the_wire(content), self._server.timeouts.body_reply)
        return self._reply("DATA")

    def _parameters(self, recipient: str) -> str:
        """Of MAIL: what a recipient beyond ASCII asks of the server (RFC 6531, 3.4). Raises Refused."""
        if recipient.isascii():
            return ""
        if not self._smtp.has_extn("smtputf8"):
            raise Refused("MAIL", NO_SMTPUTF8)
        return " BODY=8BITMIME SMTPUTF8"

    @contextmanager
    def _or_cut(self) -> Iterator[None]:
        """Cut the connection on an exception: the server waits for a body, and a cut mail is not accepted."""
        try:
            yield
        except BaseException:
            self._cut()
            raise

    def reset(self, pending: int = 0) -> None:
        """Abort a mail that is begun (RSET) after `pending` more replies; cut the connection where that fails."""
        try:
            for _ in range(pending):
                code, _ = self._smtp.getreply()
                if code == _GO_ON:
                    # It expects the body of a mail that it rejected. RFC 2920, 3.1 sends a lone dot; cutting is safer.
                    self._cut()
                    return
            code, _ = self._smtp.rset()
        except (OSError, smtplib.SMTPException):
            code = SERVICE_NOT_AVAILABLE
        if code != 250:
            self._cut()

    @effect
    def quit(self) -> None:
        """Send QUIT and close. Every mail is answered by now, so errors are ignored."""
        with suppress(OSError, smtplib.SMTPException, ValueError):
            self._set_timeout(self._server.timeouts.quit)
            self._smtp.quit()
        self.close()

    def close(self) -> None:
        """Close without QUIT."""
        self._watchdog.cancel()
        with suppress(OSError):
            self._smtp.close()

    def _cut(self) -> None:
        """End the conversation, from any thread: a waiting read fails at once."""
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
                    timeout=server.timeouts.connect,
                    context=server.verified_tls(),
                )
            return smtplib.SMTP(server.host, server.port, server.our_name, timeout=server.timeouts.connect)
        except ssl.SSLCertVerificationError as error:
            raise Misconfigured("connect", error.verify_message) from error
        except smtplib.SMTPResponseException as error:
            raise Outage("connect", _words(error.smtp_error), error.smtp_code) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Outage("connect", _about(error)) from error

    def _introduce(self) -> None:
        """EHLO, STARTTLS, AUTH: an error here comes from the server or our settings, never from a mail."""
        try:
            self._ehlo()
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
        self._set_timeout(self._server.timeouts.reply)

    def _log_in(self, user: str, password: str) -> None:
        try:
            self._smtp.login(user, password)
        except smtplib.SMTPAuthenticationError as error:
            kind = Misconfigured if error.smtp_code >= 500 else Outage
            raise kind("AUTH", _words(error.smtp_error), error.smtp_code) from error
        except UnicodeError as error:
            raise Misconfigured("AUTH", "user and password must be ASCII") from error
        except smtplib.SMTPException as error:
            # smtplib raises a bare one for a server without a log-in method that it knows.
            if type(error) not in (smtplib.SMTPNotSupportedError, smtplib.SMTPException):
                raise
            raise Misconfigured("AUTH", _about(error)) from error

    def _set_timeout(self, seconds: float) -> None:
        if self._smtp.sock is not None and self._smtp.sock.gettimeout() != seconds:
            self._smtp.sock.settimeout(seconds)

    def _ehlo(self) -> None:
        self._smtp.ehlo_or_helo_if_needed()

    def _start_tls(self) -> None:
        if not self._smtp.has_extn("starttls"):
            raise Misconfigured("STARTTLS", "the server does not offer it")
        code, words = self._smtp.starttls(context=self._server.verified_tls())
        if code != 220:
            raise Outage("STARTTLS", _words(words), code)
        self._ehlo()

    def _send_lines(self, stage: str, lines: str | bytes, timeout: float | None = None) -> None:
        """Send; the reply may take `timeout` seconds. Raises Lost."""
        try:
            self._set_timeout(timeout or self._server.timeouts.reply)
            self._smtp.send(lines.encode("utf-8") if isinstance(lines, str) else lines)
        except _BROKEN as error:
            raise self._lost(stage, error) from error

    def _reply(
        self, stage: str, *, wanted: int | None = None, refused: type[SmtpError] = Refused, pending: int = 0
    ) -> tuple[int, str]:
        """The reply to one command: `wanted`, else any 2xx; every other is raised as the error that its code stands for.

        `pending`: how many replies to commands that were sent together with this one follow it.
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
            raise Lost(stage, f"not a reply to this command: {words}", silent=False)
        self.reset(pending)
        if 400 <= code < 500:
            raise Deferred(stage, words, code)
        raise refused(stage, words, code)

    def _lost(self, stage: str, error: BaseException) -> Lost:
        self.usable = False
        return Lost(stage, _about(error), silent=was_silence(error))


def _on_the_wire(body: bytes) -> bytes:
    return _LEADING_DOT.sub(b"..", body) + (b"" if body.endswith(b"\r\n") else b"\r\n") + _END


def _words(reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    if text.isprintable():
        return text[:1000]
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())[:1000]


def _about(error: BaseException) -> str:
    return _words(str(error) or type(error).__name__)
