"""Reads the mails that wait, in a process that may be told to die: `python -m tests.faults.intake.reading_process`."""

from services.intake.attachments.sniff import self_test
from services.intake.inbound.handle_mail import handle_mails
from services.intake.inbound.mail_room import MailRoom
from services.intake.inbound.mail_tickets import mail_tickets
from services.intake.reception import Reception
from services.intake.settings import IntakeSettings
from shared.catalog.loader import load
from shared.db import make_engine
from shared.settings import read
from shared.store import ObjectStore
from shared.web.limiter import Limiter


def main() -> None:
    """Read until none waits."""
    self_test()
    settings = read(IntakeSettings)
    engine = make_engine(settings, application="reader", pool_size=3)
    reception = Reception(settings, engine, ObjectStore(settings), load(), Limiter(settings.redis_url))
    handle_mails(MailRoom(engine, reception.store, reception.catalog, mail_tickets(reception)), lambda: True)


if __name__ == "__main__":
    main()
