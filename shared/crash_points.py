"""Named points where a test can kill the process: one after every effect (a commit, an object put or deleted, a message, a mail, a call),
before the next effect.

`VIDARE_CRASH_AT=<name>` makes the process die there as by kill -9: no clean-up, no buffers flushed. With an unknown name it does not
start (shared/settings.py). docs/develop/crash-points.md shows this table.
"""

import os
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

Effective = TypeVar("Effective", bound=Callable[..., Any])

VARIABLE = "VIDARE_CRASH_AT"

# What has happened when the process dies there, and what has not yet. `written`: in a transaction that is not committed.
CRASH_POINTS: Mapping[str, str] = {
    "web.unanswered": "a request that changes something is complete, its client has no answer",
    "intake.file_checked": "a file passed its checks, and is not in the store",
    "intake.file_stored": "it is in the store, no row names it",
    "intake.submission_checked": "the file is stored, the submission is not",
    "intake.submission_accepted": "the submission's one transaction is committed",
    "intake.submission_recognised": "a submission was looked up among the earlier ones, and its form remembered",
    "intake.follow_up_written": "a follow-up is written with its event",
    "intake.follow_up_accepted": "it is committed",
    "intake.upload_reserved": "a file of a rejected form has its row, and no object",
    "intake.upload_cancelled": "the store was away, the row is deleted",
    "intake.upload_stored": "the object is there too, the page with its token is not",
    "intake.upload_removed": "the row is deleted, the object is not",
    "intake.upload_deleted": "both are deleted",
    "intake.uploads_expired": "the rows of files whose hour is over are deleted, their objects are not",
    "intake.expired_deleted": "one of these objects is deleted",
    "files.leased": "a file is leased to be scanned and re-encoded",
    "files.frames_counted": "the frames of an animation are counted, it is not replaced yet",
    "files.picture_replaced": "the re-encoded copy replaced the original, the row says `pending`",
    "files.outcome_written": "the outcome is written with its event",
    "files.outcome_committed": "it is committed",
    "files.put_off": "the store was away, the file is due later",
    "intake.keys_expired": "expired keys are deleted",
    "intake.steps_counted": "steps at help topics are counted",
    "intake.mail_leased": "a mail is leased to its reader",
    "intake.unreadable_written": "an unreadable mail's outcome is written, with the follow-up that reports it",
    "intake.unreadable_committed": "both are committed",
    "intake.mail_put_off": "the store was away, the mail is due later",
    "intake.reply_files_stored": "a reply's files are in the store",
    "intake.reply_written": "its follow-up is written, and the mail's outcome",
    "intake.reply_committed": "both are committed",
    "intake.copies_looked_for": "a mail to no ticket was looked up among the earlier ones, and recorded as a copy if it is one",
    "intake.mail_submitted": "it is a ticket, the mail is still waiting",
    "intake.further_files_stored": "its other files are in the store",
    "intake.opening_written": "they are written as a follow-up, and the mail's outcome",
    "intake.opening_committed": "both are committed",
    "intake.mail_parked": "a mail that makes no submission is kept for a person",
    "intake.rejection_written": "the outcome of a mail that makes no ticket is written, with the event that points its writer to the form",
    "intake.rejection_committed": "both are committed",
    "store.orphan_deleted": "one object that no row names is deleted",
    "relay.leased": "deliveries are leased, their messages are not made",
    "relay.published": "all messages are in Redis",
    "relay.released": "Redis was away, the deliveries are due again",
    "relay.blocked_moved": "deliveries behind others of their ticket are due later",
    "relay.epoch_begun": "Redis was found empty, and has its key",
    "tick.written": "a tick's writes are there",
    "tick.committed": "they are committed, the next batch is not begun",
    "events.made_due": "what was in flight is due",
    "consumer.handled": "the handlers have written, the deliveries are there",
    "consumer.finished": "the deliveries are deleted, nothing is committed",
    "consumer.committed": "both are committed, the message is not acknowledged",
    "consumer.failure_counted": "a delivery's failure is committed",
    "consumer.solo_marked": "a delivery that came back too often is marked as begun",
    "consumer.solo_unmarked": "the mark is removed, as PostgreSQL ended the attempt",
    "consumer.solo_committed": "it is handled",
    "consumer.dead_parked": "it is parked, as its workers died of it",
    "triage.chunk_written": "a chunk of a replay is written with the replay's figures",
    "triage.chunk_done": "the chunk is committed, the next is not sent",
    "triage.replay_chunk_sent": "the task of a chunk is sent",
    "triage.replays_due": "replays are marked as sent to the worker, and their tasks are not sent",
    "triage.replay_failed": "a replay is marked as failed",
    "triage.bulk_chunk_written": "a chunk of a bulk is written with the results of its tickets",
    "triage.bulk_chunk_done": "the chunk is committed, the next is not sent",
    "triage.bulk_chunk_sent": "the task of a chunk is sent",
    "triage.bulks_due": "bulks are marked as sent to the worker, and their tasks are not sent",
    "triage.bulk_failed": "a bulk is marked as failed",
    "triage.upload_stored": "a file of an agent's own is in the store, no row names it",
    "triage.upload_committed": "its row is committed, the agent has no id",
    "triage.uploads_expired": "the rows of uploads that nobody used are deleted, their objects are not",
    "triage.upload_deleted": "one of these objects is deleted",
    "webhooks.leased": "a call is leased",
    "webhooks.called": "the receiver has answered",
    "webhooks.outcome_written": "the outcome is written",
    "webhooks.outcome_committed": "the outcome is committed",
    "notify.mail_stored": "a mail to us is in the store, no row names it, its sender has no 250",
    "notify.mail_entered": "it is entered with its event, its sender has no 250",
    "notify.expired_reclaimed": "the e-mails of dead senders are free",
    "notify.may_send": "a sender holds its slot, and the turn to try where the circuit breaker is open",
    "notify.leased": "e-mails are leased to their sender",
    "notify.recipient_accepted": "the server has accepted the recipient, and no body",
    "notify.body_accepted": "the server has answered 250",
    "notify.outcome_written": "the outcome is written with its event",
    "notify.outcome_committed": "it is committed",
    "notify.all_outcomes_committed": "nothing is left to write, the server has no QUIT",
    "notify.quit_sent": "it has, the locks are held",
}


def effect(called: Effective) -> Effective:
    """Mark a method or a context manager whose work outlives the process: tests/architecture demands a crash point after each use."""
    return called


def crash_point(name: str) -> None:
    """End the process with status 137 (128 + SIGKILL) when `VIDARE_CRASH_AT` names this point."""
    if os.environ.get(VARIABLE) == name:
        os._exit(137)
