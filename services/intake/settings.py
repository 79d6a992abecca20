"""intake's own settings."""

from dataclasses import dataclass
from functools import cached_property

from limits import RateLimitItem

from shared.limits.limiter import read_limits
from shared.settings import PlatformSettings, SettingsError, setting

_LIMIT = "In the notation of the `limits` library; empty = no limit."


@dataclass(frozen=True)
class IntakeSettings(PlatformSettings):
    """Intake's settings; each `limit_…` is parsed by the property of the same name without its prefix."""

    cors_origins: str = setting(
        "CORS_ORIGINS", "str", "Which pages' scripts may call the API: `*`, or origins separated by commas.", "*"
    )
    limit_submissions: str = setting(
        "LIMIT_SUBMISSIONS",
        "str",
        f"Submissions accepted from one network (IPv4 /32, IPv6 /64). {_LIMIT}",
        "60/minute;600/hour",
    )
    limit_notes: str = setting(
        "LIMIT_NOTES", "str", f"Submissions accepted from one e-mail address. {_LIMIT}", "100/day"
    )
    limit_follow_ups: str = setting("LIMIT_FOLLOW_UPS", "str", f"Follow-ups to one ticket. {_LIMIT}", "30/hour")
    limit_refused: str = setting(
        "LIMIT_REFUSED", "str", f"Refused and replayed posts from one network. {_LIMIT}", "300/minute"
    )
    limit_quick_forms: str = setting(
        "LIMIT_QUICK_FORMS",
        "str",
        "Submissions accepted from one network whose form was filled in within 3 seconds; beyond it, Send must be pressed once more. "
        f"{_LIMIT}",
        "30/10 minutes",
    )
    limit_links: str = setting(
        "LIMIT_LINKS",
        "str",
        f"Requests to have links of tickets sent to one address, or to confirm it as a new one. {_LIMIT}",
        "3/hour;10/day",
    )

    mail_tickets: str = setting(
        "MAIL_TICKETS",
        "str",
        "The category, one without required fields such as `account/other`, of tickets made of mails to an address of no ticket. "
        "Empty: their writers are pointed to the form.",
        "",
    )

    def __post_init__(self) -> None:
        problems = []
        for name in ("submissions", "notes", "follow_ups", "refused", "quick_forms", "links"):
            try:
                getattr(self, name)
            except ValueError:
                problems.append(f"VIDARE_LIMIT_{name.upper()}: not a limit such as 60/minute;600/hour")
        if problems:
            raise SettingsError(problems)

    @cached_property
    def submissions(self) -> tuple[RateLimitItem, ...]:
        """The limits on submissions from one network."""
        return read_limits(self.limit_submissions)

    @cached_property
    def notes(self) -> tuple[RateLimitItem, ...]:
        """The limits on submissions from one address."""
        return read_limits(self.limit_notes)

    @cached_property
    def follow_ups(self) -> tuple[RateLimitItem, ...]:
        """The limits on follow-ups to one ticket."""
        return read_limits(self.limit_follow_ups)

    @cached_property
    def refused(self) -> tuple[RateLimitItem, ...]:
        """The limits on refused and replayed posts from one network."""
        return read_limits(self.limit_refused)

    @cached_property
    def quick_forms(self) -> tuple[RateLimitItem, ...]:
        """The limits on forms from one network that were filled in faster than a person can."""
        return read_limits(self.limit_quick_forms)

    @cached_property
    def links(self) -> tuple[RateLimitItem, ...]:
        """The limits on requests for the links of one address."""
        return read_limits(self.limit_links)

    @property
    def origins(self) -> tuple[str, ...]:
        """The allowed origins; `("*",)` for all, empty for none."""
        return tuple(part.strip().rstrip("/") for part in self.cors_origins.split(",") if part.strip())
