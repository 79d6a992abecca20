"""References and keys."""

import re
from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from shared.ticket_keys import (
    Resolution,
    is_reference,
    kind_of_key,
    mailed_key,
    mailed_url,
    new_reference,
    read_satisfaction_token,
    receipt_key,
    receipt_url,
    satisfaction_token,
    satisfaction_url,
)

SECRET = "a secret of enough characters"


def test_references_have_their_form_and_differ() -> None:
    made = {new_reference() for _ in range(200)}
    assert len(made) == 200
    assert all(is_reference(reference) for reference in made)


def test_what_is_no_reference() -> None:
    assert not any(is_reference(text) for text in ("", "T-7K3M", "T-7K3M-9QXA\n", "t-7k3m-9qxa", "T-ILOU-ILOU"))


def test_a_key_opens_its_own_ticket_only() -> None:
    key = receipt_key(SECRET, "T-7K3M-9QXA", 1)
    assert len(key) == 32  # 160 bits in base32
    assert kind_of_key(SECRET, "T-7K3M-9QXA", 1, key) == "receipt"
    assert kind_of_key(SECRET, "T-7K3M-9QXB", 1, key) is None
    assert kind_of_key(SECRET, "T-7K3M-9QXA", 2, key) is None
    assert kind_of_key("another secret of characters", "T-7K3M-9QXA", 1, key) is None
    assert kind_of_key(SECRET, "T-7K3M-9QXA", 1, "nyckel på svenska") is None


def test_the_mailed_key_is_another_one() -> None:
    key = mailed_key(SECRET, "T-7K3M-9QXA", 1)
    assert kind_of_key(SECRET, "T-7K3M-9QXA", 1, key) == "mailed"
    assert kind_of_key(SECRET, "T-7K3M-9QXA", 2, key) is None


def test_the_urls_carry_their_keys() -> None:
    for url, key in ((receipt_url, receipt_key), (mailed_url, mailed_key)):
        made = url("http://127.0.0.1:8000/", SECRET, "T-7K3M-9QXA", 1)
        assert made == f"http://127.0.0.1:8000/t/T-7K3M-9QXA?key={key(SECRET, 'T-7K3M-9QXA', 1)}"


RESOLUTION = Resolution(UUID("0192f1c8-7a5e-7b1c-9d3e-0123456789ab"), datetime(2026, 11, 22, 10, tzinfo=UTC))


def test_a_satisfaction_token_names_its_resolution() -> None:
    token = satisfaction_token(SECRET, "T-7K3M-9QXA", 1, RESOLUTION)
    assert re.fullmatch(r"[a-z2-7]{64}", token)
    assert read_satisfaction_token(SECRET, "T-7K3M-9QXA", 1, token) == RESOLUTION
    url = satisfaction_url("http://127.0.0.1:8000/", SECRET, "T-7K3M-9QXA", 1, RESOLUTION, "bad")
    assert url == f"http://127.0.0.1:8000/t/T-7K3M-9QXA/satisfaction?token={token}&answer=bad"


def test_it_counts_for_its_ticket_and_number_alone_and_opens_nothing() -> None:
    token = satisfaction_token(SECRET, "T-7K3M-9QXA", 1, RESOLUTION)
    assert read_satisfaction_token(SECRET, "T-7K3M-9QXB", 1, token) is None
    assert read_satisfaction_token(SECRET, "T-7K3M-9QXA", 2, token) is None
    assert read_satisfaction_token("another secret of characters", "T-7K3M-9QXA", 1, token) is None
    assert kind_of_key(SECRET, "T-7K3M-9QXA", 1, token) is None
    assert kind_of_key(SECRET, "T-7K3M-9QXA", 1, token[32:]) is None


@given(st.integers(0, 63), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_no_character_of_it_can_be_changed(index: int, other: str) -> None:
    token = satisfaction_token(SECRET, "T-7K3M-9QXA", 1, RESOLUTION)
    changed = token[:index] + other + token[index + 1 :]
    assert (read_satisfaction_token(SECRET, "T-7K3M-9QXA", 1, changed) is None) == (changed != token)


@given(st.text())
def test_no_text_is_a_token_by_chance(text: str) -> None:
    assert read_satisfaction_token(SECRET, "T-7K3M-9QXA", 1, text) is None
