"""The tasks after a ticket is committed: route it to a team, acknowledge it."""

import os
import smtplib
import sys
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path
from urllib.parse import urlsplit

from celery import Celery, Task
from celery.signals import worker_ready

from bench.usual.tables import connect, reference_of

celery = Celery("usual", broker=os.environ.get("VIDARE_REDIS_URL", ""), set_as_current=False)
celery.conf.update(
    task_ignore_result=True,
    task_routes={"usual.route": {"queue": "triage"}, "usual.acknowledge": {"queue": "notify"}},
)
# As in Celery's guide (userguide/tasks, "Automatic retry for known exceptions").
_RETRY = {"autoretry_for": (Exception,), "retry_backoff": 1, "retry_backoff_max": 30, "max_retries": 20}


@celery.task(name="usual.route", **_RETRY)  # type: ignore[untyped-decorator]
def route(number: int) -> None:
    """Give a ticket to the team of its category, then have it acknowledged."""
    with connect() as connection:
        connection.execute("update tickets set team = split_part(category, '/', 1) where id = %s", (number,))
    acknowledge.delay(number)


@celery.task(name="usual.acknowledge", bind=True, **_RETRY)  # type: ignore[untyped-decorator]
def acknowledge(task: Task, number: int) -> None:
    """Send the acknowledgement, unless it was sent."""
    with connect() as connection:
        row = connection.execute("select email, acknowledged_at from tickets where id = %s", (number,)).fetchone()
    if row is None or row[1] is not None:
        return
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = (
        "help@usual.example",
        str(row[0]),
        f"We have your message {reference_of(number)}",
    )
    mail["Message-ID"] = make_msgid(domain="usual.example")
    mail.set_content("Thank you. We will write to you.")
    address = urlsplit(os.environ["VIDARE_SMTP_URL"])
    with smtplib.SMTP(address.hostname or "", address.port or 25, timeout=30) as smtp:
        smtp.send_message(mail)
    with connect() as connection:
        connection.execute("update tickets set acknowledged_at = now() where id = %s", (number,))


def main(queue: str, up: Path) -> None:
    """Work on one of the queues; creates the file `up` when ready."""
    worker_ready.connect(lambda **_: up.touch(), weak=False)
    celery.worker_main(["worker", "-Q", queue, "--concurrency=2", "--loglevel=WARNING", "-n", f"{queue}@%h"])


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
