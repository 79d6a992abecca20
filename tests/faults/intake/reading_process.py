"""Reads the mails that wait, in a process that may be told to die: `python -m tests.faults.intake.reading_process`."""

from services.intake.attachments.sniff import self_test
from services.intake.inbound.handle_mail import MailRoom, handle_mails
from shared.catalog.loader import load
from shared.db import make_engine
from shared.settings import PlatformSettings, read
from shared.store import ObjectStore


def main() -> None:
    """Read until none waits."""
    self_test()
    settings = read(PlatformSettings)
    engine = make_engine(settings, application="reader", pool_size=3)
    handle_mails(MailRoom(engine, ObjectStore(settings), load()), lambda: True)


if __name__ == "__main__":
    main()
