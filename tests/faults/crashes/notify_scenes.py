"""Scenes in notify: e-mail out and in."""

from collections.abc import Sequence
from typing import Any

from services.notify.emails.addresses import reply_address
from services.notify.settings import NotifySettings
from shared.settings import read
from shared.storage.object_store import new_object_name
from tests.faults.crashes.events_scenes import for_notify
from tests.faults.crashes.scenario import ORPHAN, SAME_MAIL, Scenario, World
from tests.integration.notify.inbound_mails import a_reply


def queued_mails(world: World) -> Sequence[Any]:
    world.do("consume", *for_notify(world))
    return ()


def mails_of_a_dead_sender(world: World) -> Sequence[Any]:
    given = queued_mails(world)
    world.sql(
        "update notify.emails set state = 'sending', owner = 1, leased_until = now() + interval '10 minutes',"
        " ownerless_since = now() - interval '1 minute'"
    )
    return given


def behind_an_open_breaker(world: World) -> Sequence[Any]:
    given = queued_mails(world)
    world.sql("update notify.gate set state = 'outage', because = 'x', probe_at = now() - interval '1 second'")
    return given


def try_again(world: World) -> None:
    world.sql("update notify.gate set probe_at = now() - interval '1 second'")
    world.do("send_emails")


def mails_never_entered(world: World) -> Sequence[Any]:
    for _ in range(2):
        world.put_long_ago(new_object_name("mail"))
    return ("notify.sweep_mails",)


def a_mail_to_us(world: World) -> Sequence[Any]:
    settings = read(NotifySettings, world.environment)
    to = reply_address(settings.secret, "T-0000-0001", settings.mail_domain)
    return "requester@example.com", to, a_reply(to).decode()


SENT = (
    "notify.may_send",
    "notify.leased",
    "notify.recipient_accepted",
    "notify.body_accepted",
    "notify.outcome_written",
    "notify.outcome_committed",
    "notify.all_outcomes_committed",
    "notify.quit_sent",
)

SCENARIOS = (
    Scenario(
        "e-mails to send",
        SENT,
        queued_mails,
        "send_emails",
        tolerated={"notify.body_accepted": SAME_MAIL, "notify.outcome_written": SAME_MAIL},
    ),
    Scenario("e-mails of a sender that died", ("notify.expired_reclaimed",), mails_of_a_dead_sender, "send_emails"),
    Scenario(
        "e-mails behind an open circuit breaker that may be tried",
        ("notify.may_send", "notify.outcome_committed"),
        behind_an_open_breaker,
        "send_emails",
        afterwards=try_again,
    ),
    Scenario("mails that no row names", ("store.orphan_deleted",), mails_never_entered, "tasks"),
    Scenario(
        "a mail to us",
        ("notify.mail_stored", "notify.mail_entered"),
        a_mail_to_us,
        "receive",
        tolerated={"notify.mail_stored": ORPHAN},
    ),
)
