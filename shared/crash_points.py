"""Named places where a test may kill the process: behind every effect (a commit, an object put or deleted, a message, a mail, a call),
before the next can follow.

`VIDARE_CRASH_AT=<name>` makes the process die there as if it had been killed: no clean-up, no buffers flushed. With a name that is
none, it does not start (shared/settings.py). docs/develop/crash-points.md shows this table.
"""

import os
from collections.abc import Mapping

VARIABLE = "VIDARE_CRASH_AT"

# What has happened when the process dies there, and what not yet. `written`: in a transaction that is not committed.
PLACES: Mapping[str, str] = {
    "web.unanswered": "a request that changes something is done with, its client has no answer",
    "intake.file_checked": "a file is good, and not in the store",
    "intake.file_kept": "it is in the store, no row names it",
    "intake.note_checked": "the file is kept, the note is not",
    "intake.note_accepted": "the note's one transaction is committed",
    "intake.note_recognised": "a note was looked for among the earlier ones, and its form remembered",
    "intake.follow_up_written": "a follow-up is written with its event",
    "intake.follow_up_accepted": "it is committed",
    "intake.room_reserved": "a file of a refused form has its row, and no object",
    "intake.room_given_back": "the store was away, the row is gone",
    "intake.upload_kept": "the object is there too, the page with its token is not",
    "intake.upload_removed": "the row is gone, the object is not",
    "intake.upload_deleted": "both are gone",
    "intake.uploads_expired": "the rows of files whose hour is over are gone, their objects are not",
    "intake.expired_deleted": "one of these objects is gone",
    "intake.file_taken": "a file is leased to be treated",
    "intake.picture_replaced": "the re-encoded copy is in the original's place, the row says `pending`",
    "intake.verdict_written": "the verdict is written with its event",
    "intake.file_settled": "it is committed",
    "intake.file_put_off": "the store was away, the file waits",
    "intake.claims_forgotten": "expired keys are gone",
    "intake.steps_counted": "steps at help topics are counted",
    "intake.mail_taken": "a mail is its reader's",
    "intake.unreadable_written": "one that cannot be read is settled, with the follow-up that tells of it",
    "intake.unreadable_settled": "both are committed",
    "intake.mail_put_off": "it is to wait, since the store is away",
    "intake.reply_files_kept": "a reply's files are in the store",
    "intake.reply_written": "its follow-up is written, and it is settled",
    "intake.reply_settled": "both are committed",
    "intake.copies_looked_for": "a mail to no ticket was looked for among the earlier ones, and settled as a copy if it is one",
    "intake.mail_submitted": "it is a ticket, the mail waits still",
    "intake.further_files_kept": "its other files are in the store",
    "intake.opening_written": "they are written as a follow-up, and the mail is settled",
    "intake.opening_settled": "both are committed",
    "intake.mail_parked": "one that makes no note is kept for a person",
    "intake.turning_away_written": "one that makes no ticket is settled, with the event that points its writer to the form",
    "intake.turned_away": "both are committed",
    "store.orphan_deleted": "one object that no row names is gone",
    "relay.claimed": "deliveries are claimed, their messages are not made",
    "relay.message_gathered": "a message is in the pipeline to Redis",
    "relay.published": "all messages are in Redis",
    "relay.given_back": "Redis was away, the deliveries are due again",
    "relay.blocked_moved": "deliveries behind others of their ticket wait",
    "relay.epoch_begun": "Redis was found empty, and has its key",
    "tick.written": "a tick's writes are there",
    "tick.committed": "they are committed, the next batch is not begun",
    "events.made_due": "what was in flight is due",
    "consumer.handled": "the handlers have written, the deliveries are there",
    "consumer.finished": "the deliveries are deleted, nothing is committed",
    "consumer.committed": "both are committed, the message is not acknowledged",
    "consumer.failure_counted": "a delivery's failure is committed",
    "consumer.solo_marked": "a delivery that came back too often is noted as begun",
    "consumer.solo_unmarked": "that note is taken back, as PostgreSQL ended the attempt",
    "consumer.solo_committed": "it is handled",
    "consumer.dead_parked": "it is parked, as its workers died of it",
    "triage.chunk_written": "a chunk of a replay is written with the replay's figures",
    "triage.chunk_done": "the chunk is committed, the next is not sent",
    "triage.replay_chunk_sent": "the task of a chunk is sent",
    "triage.replays_due": "replays are marked as sent to the worker, and their tasks are not sent",
    "triage.replay_failed": "a replay is marked as failed",
    "webhooks.leased": "a call is leased",
    "webhooks.called": "the receiver has answered",
    "webhooks.outcome_written": "the outcome is written",
    "webhooks.outcome_committed": "the outcome is committed",
    "notify.mail_stored": "a mail to us is in the store, no row names it, its sender has no 250",
    "notify.mail_entered": "it is entered with its event, its sender has no 250",
    "notify.orphans_freed": "the e-mails of dead senders are free",
    "notify.may_send": "a sender holds its slot, and may try one e-mail where the circuit breaker is open",
    "notify.leased": "e-mails are leased to their sender",
    "notify.recipient_accepted": "the server has accepted the recipient, and has no body",
    "notify.handed_over": "the server has said 250",
    "notify.outcome_written": "the outcome is written with its event",
    "notify.outcome_committed": "it is committed",
    "notify.all_recorded": "every outcome is recorded, the server has no QUIT",
    "notify.quit_sent": "the server has QUIT, the locks are held",
}


def crash_point(name: str) -> None:
    """Die at once with status 137 (128 + SIGKILL) when this is the place that `VIDARE_CRASH_AT` names."""
    if os.environ.get(VARIABLE) == name:
        os._exit(137)
