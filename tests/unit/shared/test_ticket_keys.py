"""References and keys."""

from shared.ticket_keys import is_key, is_reference, new_reference, status_url, ticket_key

SECRET = "a secret of enough characters"


def test_references_have_their_form_and_differ() -> None:
    made = {new_reference() for _ in range(200)}
    assert len(made) == 200
    assert all(is_reference(reference) for reference in made)


def test_what_is_no_reference() -> None:
    assert not any(is_reference(text) for text in ("", "T-7K3M", "T-7K3M-9QXA\n", "t-7k3m-9qxa", "T-ILOU-ILOU"))


def test_a_key_opens_its_own_ticket_only() -> None:
    key = ticket_key(SECRET, "T-7K3M-9QXA", 1)
    assert len(key) == 32  # 160 bits in base32
    assert is_key(SECRET, "T-7K3M-9QXA", 1, key)
    assert not is_key(SECRET, "T-7K3M-9QXB", 1, key)
    assert not is_key(SECRET, "T-7K3M-9QXA", 2, key)
    assert not is_key("another secret of characters", "T-7K3M-9QXA", 1, key)
    assert not is_key(SECRET, "T-7K3M-9QXA", 1, "nyckel på svenska")


def test_the_status_url_carries_the_key() -> None:
    url = status_url("http://127.0.0.1:8000/", SECRET, "T-7K3M-9QXA", 1)
    assert url == f"http://127.0.0.1:8000/t/T-7K3M-9QXA?key={ticket_key(SECRET, 'T-7K3M-9QXA', 1)}"
