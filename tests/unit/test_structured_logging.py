"""Where the lines of the log go."""

import pytest

from shared.structured_logging import logger


def test_standard_output_is_for_what_was_asked_even_before_logs_are_configured(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logger("a.command").warning("something is away")
    written = capsys.readouterr()
    assert written.out == ""
    assert "something is away" in written.err
