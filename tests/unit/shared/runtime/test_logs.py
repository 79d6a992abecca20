"""Where the lines of the log go."""

import json
import logging

import pytest
import structlog

from shared.runtime.logs import configure, logger


def test_standard_output_is_for_what_was_asked_even_before_logs_are_configured(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logger("a.command").warning("something is away")
    written = capsys.readouterr()
    assert written.out == ""
    assert "something is away" in written.err


def test_nothing_that_is_logged_begins_a_line_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    """A stranger's words in a log (a media type, an SMTP answer) stay inside their JSON string, escapes of terminals too."""
    given = 'x\r\n{"event": "forged"}\u2028\x1b[2J\u202e"'
    kept = structlog.get_config(), list(logging.getLogger().handlers)
    try:
        configure("info", "test")
        structlog.get_logger("hostile").warning("answered", said=given)
        logging.getLogger("library").warning("said %s", given)
    finally:
        structlog.configure(**kept[0])
        logging.getLogger().handlers[:] = kept[1]
    lines = capsys.readouterr().err.splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["answered", f"said {given}"]
    assert all(line.isascii() and line.isprintable() for line in lines)
