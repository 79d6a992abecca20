"""One question that fails does not silence the others."""

from shared.doctor.examine import examine
from shared.doctor.finding import Finding, Question, well
from shared.settings import SettingsError


def _fails() -> Finding:
    raise ConnectionRefusedError("nobody listens\nat all")


def _unset() -> Finding:
    raise SettingsError(["VIDARE_SMTP_URL: not set"])


def test_what_a_question_raises_is_its_finding() -> None:
    found = dict(examine([Question("store", _fails), Question("mail", _unset), Question("rules", lambda: well("yes"))]))
    assert (found["store"].state, found["store"].says) == ("ill", "ConnectionRefusedError: nobody listens")
    assert (found["mail"].state, found["mail"].says) == ("ill", "VIDARE_SMTP_URL: not set")
    assert found["rules"].state == "well"
