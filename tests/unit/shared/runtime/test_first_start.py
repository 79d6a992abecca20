"""The secrets of a compose stack: made once, kept, derived files in step."""

from pathlib import Path

from shared.runtime.first_start import make_secrets


def test_secrets_are_made_once(tmp_path: Path) -> None:
    assert set(make_secrets(tmp_path)) == {"postgres", "redis", "root", "s3", "metrics"}
    before = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert make_secrets(tmp_path) == []
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == before
    assert before["postgres"] in before["database.url"]
    assert before["redis"] in before["redis.url"]
    assert f"requirepass {before['redis']}" in before["redis.conf"]
    assert len(set(before.values())) == len(before)


def test_a_secret_of_ones_own_is_kept(tmp_path: Path) -> None:
    (tmp_path / "postgres").write_text("chosen-by-a-person")
    assert "postgres" not in make_secrets(tmp_path)
    assert "chosen-by-a-person" in (tmp_path / "database.url").read_text()
