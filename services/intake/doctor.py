"""What `vidare doctor` asks of intake: can it tell files apart, and is there mail that nobody could read?"""

from collections.abc import Iterator

from services.intake.attachments.sniff import self_test
from services.intake.inbound_mail.unreadable import unreadable_mails
from shared.doctor.engine import doctor_engine
from shared.doctor.finding import Finding, Question, ok, warning
from shared.settings import PlatformSettings, read


def questions() -> Iterator[Question]:
    """About libmagic and about inbound mail."""
    yield Question("libmagic", _libmagic, "reinstall pylibmagic; uploads are refused until it is mended")
    yield Question("inbound mail", _unreadable, needs=("PostgreSQL",))


def _libmagic() -> Finding:
    self_test()
    return ok("knows every kind of file that we tell apart")


def _unreadable() -> Finding:
    engine = doctor_engine(read(PlatformSettings))
    number = len(unreadable_mails(engine))
    if number:
        return warning(
            f"{number} that nobody could read",
            "vidare mails list --state unreadable; a person can read them with vidare mails raw",
        )
    return ok("none waits for a person")
