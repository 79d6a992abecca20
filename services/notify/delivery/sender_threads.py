"""The threads that send e-mails: each keeps its connections while new e-mails come."""

import threading

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from services.notify.delivery.mailing import Mailing
from services.notify.delivery.send_due_emails import send_due_emails
from shared.errors import TransientError
from shared.runtime.logs import logger

# A retry becomes due, and another process writes an e-mail to be sent again, without waking anybody.
POLL_SECONDS = 1.0
# How long a sender without work keeps its connections open.
LINGER_SECONDS = 1.0
# A run without a pause reclaims no expired leases of dead senders.
RUN_SECONDS = 5.0

log = logger(__name__)


class SenderThreads:
    """As many as the SMTP server may have connections. While one is in a slow conversation, another is woken."""

    def __init__(self, engine: Engine, mailing: Mailing) -> None:
        self._engine = engine
        self._mailing = mailing
        self._changed = threading.Condition()
        self._due = False
        self._stopping = False
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Start the threads. Call it after a fork: threads and connections do not survive one."""
        for number in range(self._mailing.slots):
            # Daemons: after SIGTERM `stop` ends them in their order; a killed one's e-mails are sent again.
            thread = threading.Thread(target=self._run, name=f"sender-{number}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def wake(self) -> None:
        """Have one of the idle threads look for due e-mails; if none is idle, the next one that is."""
        with self._changed:
            self._due = True
            self._changed.notify()

    def stop(self, within: float) -> None:
        """Let the threads end after their current e-mail, and record its outcome; returns after `within` seconds at the latest."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(within)

    def _run(self) -> None:
        while not self._stopping:
            try:
                send_due_emails(self._engine, self._mailing, RUN_SECONDS, more_soon=self._more_soon)
            except (SQLAlchemyError, TransientError) as error:
                log.warning("sending waits", error=type(error).__name__)
            except Exception as error:
                # Without this thread nothing would be sent until the process is started again.
                log.error("a run of sending failed", exc_info=error)
            self._wait(POLL_SECONDS)

    def _more_soon(self) -> bool:
        """Whether new e-mails came while the connections were kept open."""
        return self._wait(LINGER_SECONDS)

    def _wait(self, seconds: float) -> bool:
        """Whether this thread was woken, within `seconds`."""
        with self._changed:
            self._changed.wait_for(lambda: self._due or self._stopping, seconds)
            woken, self._due = self._due and not self._stopping, False
        return woken
