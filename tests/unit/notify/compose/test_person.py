"""The name, subject and quotation of an e-mail that a person wrote."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.compose.person import own_subject, person_facts, quoted_lines, sender_name, shortened
from shared.events.contracts import RecordedEvent

REFERENCE = "T-7K3M-9QXA"


def event(payload: dict[str, Any], **personal: Any) -> RecordedEvent:
    return RecordedEvent(1, uuid4(), "TicketAnswered", 1, REFERENCE, "c", datetime.now(UTC), payload, personal)


def test_only_a_persons_event_has_the_facts_of_a_person() -> None:
    told = {"subject": "Mine", "quoted": "Why?"}
    by_person = event({"person": True, "by": "Anna Berg"}, **told)
    assert person_facts(by_person) == {"person": True, "writer": "Anna", "own_subject": "Mine", "quoted": "Why?"}
    nothing = {"person": False, "writer": None, "own_subject": None, "quoted": None}
    assert person_facts(by_person, wrote=False) == nothing
    for payload in ({"person": False, "by": "Robot"}, {"by": "Anna"}, {"person": None}, {"person": "true"}):
        assert person_facts(event(payload, **told)) == nothing


def test_the_network_stands_behind_the_name_or_alone() -> None:
    assert sender_name("Anna", "Pinly") == "Anna, Pinly"
    assert sender_name(None, "Pinly") == "Pinly"


@pytest.mark.parametrize(
    ("subject", "own"),
    [
        ("My ad was disapproved", "My ad was disapproved"),
        ("Re: SV: AW[2]: my ad", "my ad"),
        ("Re:", None),
        ("Fwd: my ad", "Fwd: my ad"),
        ("Reading list", "Reading list"),
        ("Re: my ad [T-7K3M-9QXA]", "my ad"),
        ("[t-7k3m-9qxa] Re: my ad (T-7K3M-9QXA)", "my ad"),
        ("About T-0000-0000", "About T-0000-0000"),
        ("one\r\nBcc: x@y.se\x00\u2028two", "one Bcc: x@y.se two"),
        ("\u202egnp.exe\u2066", "gnp.exe"),
        ("x" * 121, "x" * 119 + "…"),
        ("  ", None),
        ("\u200e", None),
        (None, None),
    ],
)
def test_the_subject_is_the_requesters_on_one_line(subject: str | None, own: str | None) -> None:
    assert own_subject(subject, REFERENCE) == own


@given(st.text(st.characters(codec="utf-8")))
def test_no_subject_is_longer_than_a_line(subject: str) -> None:
    own = own_subject(subject, REFERENCE)
    assert own is None or (own.strip() == own and len(own) <= 120 and len(own.splitlines()) == 1)


def test_a_long_message_is_quoted_from_its_beginning() -> None:
    assert shortened(" a\r\nb\t \n") == "a\nb"
    assert shortened("x" * 5_000) == "x" * 2_000 + " …"
    assert shortened("\n".join("abc")) == "a\nb\nc"
    lines = shortened("\n".join(str(number) for number in range(61))).splitlines()
    assert (len(lines), lines[-1]) == (60, "59 …")


@given(st.text(st.characters(codec="utf-8")))
def test_every_line_of_a_quotation_is_marked(message: str) -> None:
    assert all(line.startswith(">") for line in quoted_lines(shortened(message)).splitlines())


def test_a_quotation_in_a_quotation_gets_one_more_mark() -> None:
    assert quoted_lines("Yes.\n\n> Which?\n>> That?") == "> Yes.\n>\n>> Which?\n>>> That?"
