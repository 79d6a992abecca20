"""The errors of sending a mail to an SMTP server; each has its own consequence for the mail (delivery/replies.py)."""


class SmtpError(Exception):
    """`stage`: the SMTP command; `words`: the server's reply text, or ours about the connection; `code`: the reply code, if any."""

    def __init__(self, stage: str, words: str, code: int | None = None) -> None:
        super().__init__(f"{stage}: {code or ''} {words}".replace("  ", " "))
        self.stage = stage
        self.words = words
        self.code = code


class Outage(SmtpError):
    """The server does not answer, or replied 421: no mail caused it, and none can be sent now."""


class Misconfigured(SmtpError):
    """The server rejects us (5xx on AUTH or MAIL), or its certificate is not valid: nothing is sent until the settings are fixed."""


class Deferred(SmtpError):
    """The server rejects this mail for now (4xx)."""


class Refused(SmtpError):
    """The server rejects this mail for good (5xx); on RCPT, its recipient."""


class Lost(SmtpError):
    """The connection was lost in the middle of this mail. `silent`: the server did not reply in time."""

    def __init__(self, stage: str, words: str, *, silent: bool) -> None:
        super().__init__(stage, words)
        self.silent = silent


def was_silence(error: BaseException | None) -> bool:
    """Whether a time-out caused it: smtplib wraps it in SMTPServerDisconnected."""
    while error is not None:
        if isinstance(error, TimeoutError):
            return True
        error = error.__context__
    return False
