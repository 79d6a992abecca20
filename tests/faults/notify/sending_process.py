"""Sends what is due once, as a worker does, in a process that may be killed: `python -m … SECONDS LEASE`."""

import sys
from dataclasses import replace

from services.notify.delivery.mailing import make_mailing
from services.notify.delivery.send_due_emails import send_due_emails
from services.notify.settings import NotifySettings
from shared.settings import read
from shared.storage.database import make_engine

if __name__ == "__main__":
    settings = read(NotifySettings)
    mailing = replace(make_mailing(settings), lease_seconds=float(sys.argv[2]))
    send_due_emails(make_engine(settings, application="doomed"), mailing, float(sys.argv[1]))
