"""The settings of triage's processes beyond those of every process."""

from dataclasses import dataclass
from datetime import timedelta

from limits import parse

from shared.auth.sign_in import LockOut
from shared.settings import PlatformSettings, SettingsError, read_url, setting


@dataclass(frozen=True)
class TriageSettings(PlatformSettings):
    """Settings of triage's processes."""

    webhook_allow_private: bool = setting(
        "WEBHOOK_ALLOW_PRIVATE",
        "bool",
        "Whether webhooks may call private addresses; for tests and closed networks.",
        False,
    )
    evidence_reminder_days: float = setting(
        "EVIDENCE_REMINDER_DAYS", "float", "Days until the requester is reminded of missing evidence.", 3.0
    )
    evidence_overdue_days: float = setting(
        "EVIDENCE_OVERDUE_DAYS", "float", "Days until a ticket opens without its evidence.", 14.0
    )
    silence_days: float = setting(
        "SILENCE_DAYS",
        "float",
        "Days without a message of the requester until a waiting ticket is resolved.",
        14.0,
    )
    breach_warning_minutes: float = setting(
        "BREACH_WARNING_MINUTES",
        "float",
        "Working minutes before an answer is due at which the ticket's timeline warns of it.",
        30.0,
    )
    reservation_minutes: float = setting(
        "RESERVATION_MINUTES",
        "float",
        "Working minutes for which a ticket is reserved for its owner when the requester answers. 0: not at all.",
        30.0,
    )
    undo_send_seconds: float = setting(
        "UNDO_SEND_SECONDS",
        "float",
        "Seconds for which a message that the console sends to a requester can be undone. 0: it is sent at once.",
        10.0,
    )
    escalation_minutes: float = setting(
        "ESCALATION_MINUTES",
        "float",
        "Least minutes between two e-mails to a team's leads about late tickets.",
        15.0,
    )
    mention_minutes: float = setting(
        "MENTION_MINUTES", "float", "Minutes until a person who did not read a mention is told of it by e-mail.", 10.0
    )
    live_streams: int = setting(
        "LIVE_STREAMS", "int", "Streams of live updates that one account may have open at a time.", 30
    )
    intake_api_url: str = setting(
        "INTAKE_API_URL", read_url, "Where triage reaches intake. Empty: `VIDARE_INTAKE_URL`, where requesters do.", ""
    )
    limit_logins: str = setting(
        "LIMIT_LOGINS",
        "str",
        "Failed sign-ins of one account from one network. In the notation of the `limits` library; empty = no limit.",
        "10/15 minutes",
    )

    def __post_init__(self) -> None:
        try:
            _ = self.lock_out
        except ValueError as error:
            raise SettingsError(["VIDARE_LIMIT_LOGINS: not a limit such as 10/15 minutes"]) from error

    @property
    def lock_out(self) -> LockOut | None:
        """The limit of failed sign-ins, None for no limit."""
        if not self.limit_logins.strip():
            return None
        limit = parse(self.limit_logins)
        return LockOut(limit.amount, timedelta(seconds=limit.get_expiry()))
