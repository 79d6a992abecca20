"""References and keys."""

from shared.ticket_keys import (
    is_reference,
    kind_of_key,
    mailed_key,
    mailed_url,
    new_reference,
    receipt_key,
    receipt_url,
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
