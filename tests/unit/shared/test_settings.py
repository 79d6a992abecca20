"""Settings: all problems at once, secrets from files, nothing read from elsewhere."""

from dataclasses import dataclass, fields
from pathlib import Path

import pytest

from shared.settings import PlatformSettings, SettingsError, read, setting

GOOD = {
    "VIDARE_DATABASE_URL": "postgresql://u:p@127.0.0.1:5432/d",
    "VIDARE_REDIS_URL": "redis://127.0.0.1:6379/0",
    "VIDARE_SECRET": "a secret of enough characters",
}


def test_defaults_and_given_values() -> None:
    given = {"VIDARE_TEAMS": "green, blue", "VIDARE_PROXIES": "2", "VIDARE_S3_PUBLIC_URL": "https://files.example.org"}
    settings = read(PlatformSettings, GOOD | given)
    assert settings.s3_public_url == "https://files.example.org"
    assert settings.database_url == "postgresql+psycopg://u:p@127.0.0.1:5432/d"
    assert settings.teams == ("green", "blue")
    assert settings.proxies == 2
    assert settings.s3_bucket == "vidare"


def test_every_bad_variable_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        read(PlatformSettings, {"VIDARE_SECRET": "short", "VIDARE_TEAMS": "Bad Name", "VIDARE_PROXIES": "two"})
    named = {problem.split(":")[0] for problem in caught.value.problems}
    assert named == {"VIDARE_DATABASE_URL", "VIDARE_REDIS_URL", "VIDARE_SECRET", "VIDARE_TEAMS", "VIDARE_PROXIES"}


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("a secret in a file of its own\n")
    environ = GOOD | {"VIDARE_SECRET": "", "VIDARE_SECRET_FILE": str(file)}
    assert read(PlatformSettings, environ).secret == "a secret in a file of its own"


def test_a_missing_secret_file_is_one_clear_problem(tmp_path: Path) -> None:
    environ = GOOD | {"VIDARE_SECRET": "", "VIDARE_SECRET_FILE": str(tmp_path / "nowhere")}
    with pytest.raises(SettingsError, match="VIDARE_SECRET"):
        read(PlatformSettings, environ)


def test_the_process_environment_does_not_leak_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIDARE_PROXIES", "7")
    assert read(PlatformSettings, GOOD).proxies == 0


def test_a_service_adds_its_own() -> None:
    @dataclass(frozen=True)
    class Extended(PlatformSettings):
        colour: str = setting("COLOUR", "str", "A colour.", "green")

    assert read(Extended, GOOD | {"VIDARE_COLOUR": "blue"}).colour == "blue"


def test_every_setting_has_a_way_to_be_read() -> None:
    """A reader is the name of an environs method, or a function of ours; a bare type would fail when the variable is set."""
    for entry in fields(PlatformSettings):
        reader = entry.metadata["read"]
        assert isinstance(reader, str) or not isinstance(reader, type), entry.name
