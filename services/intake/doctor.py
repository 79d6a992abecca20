"""intake's checks for `vidare doctor`: libmagic, and unreadable mail."""

from collections.abc import Iterator

from services.intake.inbound_mail.list_mails import unreadable_mails
from shared.attachments.sniff import self_test
from shared.doctor.engine import doctor_engine
from shared.doctor.finding import Finding, Question, ok, warning
from shared.settings import PlatformSettings, read


def questions() -> Iterator[Question]:
    """About libmagic and about inbound mail."""
    yield Question("libmagic", _libmagic, "reinstall pylibmagic; uploads are refused until then")
    yield Question("inbound mail", _unreadable, needs=("PostgreSQL",))


def _libmagic() -> Finding:
    self_test()
    return ok("recognises every type of file")


def _unreadable() -> Finding:
    engine = doctor_engine(read(PlatformSettings))
    number = len(unreadable_mails(engine))
    if number:
        return warning(
            f"{number} unreadable",
            "vidare mails list --state unreadable; a person can read them with vidare mails raw",
        )
    return ok("none waits for a person")
