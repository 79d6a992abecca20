"""What triage needs to know beyond what every process does."""

from dataclasses import dataclass

from shared.settings import PlatformSettings, setting


@dataclass(frozen=True)
class TriageSettings(PlatformSettings):
    """Settings of triage's processes."""

    webhook_allow_private: bool = setting(
        "WEBHOOK_ALLOW_PRIVATE",
        "bool",
        "Whether webhooks may call private addresses; for tests and closed networks.",
        False,
    )
    evidence_overdue_days: int = setting(
        "EVIDENCE_OVERDUE_DAYS", "int", "After so many days a held ticket opens without its evidence.", 14
    )
