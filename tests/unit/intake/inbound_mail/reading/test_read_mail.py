"""Mails of the usual programs are read, and hostile ones do no harm."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.inbound_mail.mail import Mail, Unreadable
from services.intake.inbound_mail.reading.html_text import html_text
from services.intake.inbound_mail.reading.quotes import fold_quotes
from services.intake.inbound_mail.reading.read_mail import read_mail
from shared.submission_fields import LONGEST_MESSAGE
from tests.random_examples import examples
from tests.samples import files, mails


def said(content: bytes) -> Mail:
    mail = read_mail(content)
    assert isinstance(mail, Mail), mail
    return mail


@pytest.mark.parametrize(
    ("sample", "message"),
    [
        (mails.plain, "I still cannot log in.\n\nAnn"),
        (mails.html_only, "I still cannot log in.\n\nÅsa\nfrom here <https://x.example/>"),
        (mails.latin, "Jag kan inte logga in på sidan"),
        (mails.lying_charset, "Jag kan inte logga in på sidan"),
        (mails.unknown_charset, "Jag kan inte logga in på sidan"),
        (mails.quoted_printable, "Jag kan inte logga in på sidan."),
        (mails.nested, "Here it is."),
        (mails.huge_header, "Still readable."),
        (mails.only_a_file, ""),
        (mails.invitation, "Can we talk?"),
        (mails.signed, "It is me."),
        (mails.encrypted, "[This mail is encrypted (OpenPGP) and cannot be read here.]"),
    ],
)
def test_the_text(sample: Callable[[], bytes], message: str) -> None:
    assert said(sample()).message == message


@pytest.mark.parametrize(
    "sample",
    [
        mails.gmail,
        mails.gmail_html,
        mails.outlook,
        mails.outlook_html,
        mails.outlook_original,
        mails.apple,
        mails.below_the_quote,
    ],
)
def test_what_it_repeats_is_folded_away(sample: Callable[[], bytes]) -> None:
    mail = said(sample())
    assert mail.message == "Here it is."
    assert "Please send a screenshot." in mail.quoted


@pytest.mark.parametrize("sample", [mails.gmail_swedish, mails.outlook_swedish])
def test_in_swedish_too(sample: Callable[[], bytes]) -> None:
    assert said(sample()).message == "Här är den."


def test_what_is_answered_between_the_lines_keeps_them() -> None:
    mail = said(mails.between_the_lines())
    assert mail.message.startswith("See below.")
    assert mail.message.endswith("> Since when?\n\nYesterday.")
    assert mail.quoted == "> The team"


def test_a_mail_that_only_repeats_is_not_empty() -> None:
    assert said(mails.raw("> Everything is quoted.\r\n")).message == "> Everything is quoted."


@pytest.mark.parametrize(
    "text", ["Here it is.", "1 > 2\nFrom: here on\nall is well", "On 3 May I wrote: nothing\nsince"]
)
def test_what_is_new_stays(text: str) -> None:
    assert fold_quotes(text) == (text, "")


@pytest.mark.parametrize(
    ("sample", "names"),
    [
        (mails.nested, ["kvitto för båt.pdf", "file-1.png"]),
        (mails.winmail, ["winmail.dat"]),
        (mails.encoded_name, ["skärm.png"]),
        (mails.fifty_files, [f"{number}.png" for number in range(50)]),
        (mails.only_a_file, ["a.png"]),
        (mails.invitation, ["file-1.ics"]),
        (mails.signed, ["signature.asc"]),
        (mails.encrypted, ["version.txt", "encrypted.asc"]),
        (mails.enveloped, ["smime.p7m"]),
    ],
)
def test_every_file_is_found(sample: Callable[[], bytes], names: list[str]) -> None:
    assert [file.name for file in said(sample()).files] == names


def test_a_file_is_what_was_sent() -> None:
    assert said(mails.encoded_name()).files[0].body == files.png()


@pytest.mark.parametrize(
    ("sample", "because"),
    [
        (mails.auto_reply, "Auto-Submitted: auto-replied"),
        (mails.from_list, None),
        (mails.report, "a report (RFC 6522)"),
        (mails.plain, None),
    ],
)
def test_a_machine_is_recognised(sample: Callable[[], bytes], because: str | None) -> None:
    assert said(sample()).automatic == because


def test_a_mail_through_a_group_may_be_a_persons() -> None:
    assert (said(mails.from_list()).automatic, said(mails.from_list()).unsure) == (None, "Precedence: list")


@pytest.mark.parametrize(
    "sample", [mails.no_boundary, mails.wrong_boundary, mails.no_header, mails.deep, mails.ten_thousand_parts]
)
def test_what_nobody_can_read_is_said_to_be_so(sample: Callable[[], bytes]) -> None:
    assert isinstance(read_mail(sample()), Unreadable)


def test_who_it_is_from() -> None:
    mail = said(mails.plain())
    assert (mail.sender, mail.sender_name, mail.subject) == ("ann@example.com", "Ann Example", "Re: Your note")
    assert said(mails.nested()).subject == "Båt"
    assert said(b"From: nobody\r\n\r\nx").sender is None


def test_a_long_mail_is_cut_with_a_remark() -> None:
    message = said(mails.raw("word " * 10_000)).message
    assert len(message) == LONGEST_MESSAGE
    assert message.endswith("[… the rest is in the mail itself]")


def test_nothing_runs_and_nothing_hides_in_the_text() -> None:
    mail = said(
        mails.raw("<p>a\x00b\u202ec</p><script>alert(1)</script><!-- x --><style>y</style>", "text/html; charset=utf-8")
    )
    assert mail.message == "abc"


def test_copies_of_one_mail_have_one_fingerprint() -> None:
    copy = b"Received: from elsewhere\r\n" + mails.plain()
    assert said(copy).fingerprint() == said(mails.plain()).fingerprint()
    assert said(mails.gmail()).fingerprint() != said(mails.plain()).fingerprint()


# Each took minutes, or would with the standard library's HTML parser.
@pytest.mark.parametrize("piece", ["<a", "<!--", "<", "<div>", "<a href='", "<div></blockquote>", "&#"])
def test_broken_html_costs_no_time(piece: str) -> None:
    start = time.monotonic()
    html_text(piece * (300_000 // len(piece)))
    assert time.monotonic() - start < 10


@pytest.mark.parametrize(
    "piece", ["> a\n", "On 1 a wrote:\n", "From: a\n", "____________________\n", "On 1\n", "\n", "a"]
)
def test_long_text_costs_no_time(piece: str) -> None:
    start = time.monotonic()
    fold_quotes(piece * (300_000 // len(piece)))
    assert time.monotonic() - start < 10


SAMPLES = [
    mails.plain(),
    mails.nested(),
    mails.gmail_html(),
    mails.outlook_html(),
    mails.encoded_name(),
    mails.report(),
    mails.forwarded_mail(),
]


def check(content: bytes) -> None:
    mail = read_mail(content)
    assert isinstance(mail, Mail | Unreadable)
    if isinstance(mail, Mail):
        mail.fingerprint()
        for text in (mail.message, mail.quoted, mail.subject or "", *(file.name for file in mail.files)):
            text.encode("utf-8")
            assert "\x00" not in text


@given(st.binary(max_size=2_000))
@settings(deadline=None, max_examples=examples(300))
def test_any_bytes_are_answered(content: bytes) -> None:
    check(content)


@given(st.sampled_from(SAMPLES), st.lists(st.tuples(st.integers(0, 2_000), st.binary(max_size=8)), max_size=8))
@settings(deadline=None, max_examples=examples(400))
def test_damaged_mails_are_answered(sample: bytes, damages: list[tuple[int, bytes]]) -> None:
    for position, damage in damages:
        position %= len(sample)
        sample = sample[:position] + damage + sample[position + len(damage) :]
    check(sample)


@given(
    st.sampled_from(
        ["Subject", "From", "Content-Type", "Content-Disposition", "Content-Transfer-Encoding", "Message-ID"]
    ),
    st.text(max_size=200),
    st.binary(max_size=200),
)
@settings(deadline=None, max_examples=examples(400))
def test_any_field_is_answered(name: str, value: str, body: bytes) -> None:
    field = f"{name}: {value}".encode("utf-8", "surrogatepass")
    check(field + b"\r\nSubject: x\r\n\r\n" + body)
