import os
from pathlib import Path

import pytest

from services.intake.web.ticket.local_mails import mails_about

MAIL = "From: Pinly <help@pinly.example>\nTo: anna@example.org\nSubject: {subject}\nContent-Type: text/plain; charset=utf-8\n\n{text}\n"


def put(maildir: Path, name: str, subject: str, text: str, age: int = 0) -> None:
    for folder in ("new", "cur", "tmp"):
        (maildir / folder).mkdir(parents=True, exist_ok=True)
    path = maildir / "new" / name
    path.write_text(MAIL.format(subject=subject, text=text))
    os.utime(path, (1_000_000 - age, 1_000_000 - age))


def test_only_mails_that_name_the_ticket_newest_first(tmp_path: Path) -> None:
    put(tmp_path, "1", "[T-1111-1111] We have your note", "old", age=10)
    put(tmp_path, "2", "[T-1111-1111] An answer", "new")
    put(tmp_path, "3", "[T-2222-2222] We have your note", "another's")
    assert [mail.text for mail in mails_about(tmp_path, "T-1111-1111", answers=True)] == ["new", "old"]


def test_without_answers_replies_and_keys_are_left_out(tmp_path: Path) -> None:
    put(tmp_path, "1", "[T-1111-1111] We have your note", "http://x/t/T-1111-1111?key=abc234\nbye")
    put(tmp_path, "2", "Re: [T-1111-1111]\nIn-Reply-To: <1@x>", "our answer")
    [mail] = mails_about(tmp_path, "T-1111-1111", answers=False)
    assert mail.text == "http://x/t/T-1111-1111?key=…\nbye"


def test_no_mailbox_no_mails(tmp_path: Path) -> None:
    assert mails_about(tmp_path / "nowhere", "T-1111-1111", answers=True) == ()


@pytest.mark.parametrize("answers", [True, False])
def test_no_key_shows_a_token_that_another_address_got(tmp_path: Path, answers: bool) -> None:
    put(tmp_path, "1", "[T-1111-1111] Your new address", "http://x/t/T-1111-1111/address/1?token=abc234")
    [mail] = mails_about(tmp_path, "T-1111-1111", answers=answers)
    assert mail.text == "http://x/t/T-1111-1111/address/1?token=…"
