"""The few ways in which handing a mail to an SMTP server ends badly. What each means for the mail is decided by its kind."""


class SmtpError(Exception):
    """`words` are the server's, or ours about the connection; `code` its reply code, if it gave one; `stage` where it happened."""

    def __init__(self, stage: str, words: str, code: int | None = None) -> None:
        super().__init__(f"{stage}: {code or ''} {words}".replace("  ", " "))
        self.stage = stage
        self.words = words
        self.code = code


class Outage(SmtpError):
    """Nobody is there, or the server says 421: no mail is to blame, and none can be sent now."""


class Misconfigured(SmtpError):
    """The server refuses us (5xx on AUTH or MAIL, a certificate that does not verify): nothing can be sent until a person acts."""


class Deferred(SmtpError):
    """The server wants this mail later (4xx)."""


class Refused(SmtpError):
    """The server does not want this mail, ever (5xx). On RCPT it is the recipient whom it refuses."""


class Lost(SmtpError):
    """The conversation broke off in the middle of this mail. `silent`: the server did not answer in time."""

    def __init__(self, stage: str, words: str, *, silent: bool) -> None:
        super().__init__(stage, words)
        self.silent = silent
