"""Any bytes have a kind: bounces and replies that are changed at random never raise."""

from hypothesis import given, settings
from hypothesis import strategies as st

from services.notify.inbound.classify_mail import Arrival, MailKind, classify_mail
from tests.random_examples import examples
from tests.samples import mails

SAMPLES = [
    mails.plain(),
    mails.report(),
    mails.nested(),
    mails.forwarded_mail(),
    mails.outlook_html(),
    mails.encoded_name(),
]
RECIPIENTS = [
    "help@example.org",
    "reply+T-AAAA-AAAA.x@example.org",
    "bounce+00.x@example.org",
    "",
    "@",
    "a" * 400,
    "\ud800@x",
]
SENDERS = ["", "<>", "a@example.com", "MAILER-DAEMON@example.com", "\x00", "\udcff@example.com"]
PIECES = st.one_of(
    st.binary(max_size=12),
    st.sampled_from([b"\r\n\r\n", b"--", b"=?utf-8?B?", b"Content-Type: multipart/report\r\n", b"\0"]),
)


@settings(max_examples=examples(300), deadline=None)
@given(
    sample=st.sampled_from(SAMPLES) | st.binary(max_size=1_000),
    damages=st.lists(st.tuples(st.integers(0, 4_000), PIECES, st.integers(0, 40)), max_size=8),
    sender=st.sampled_from(SENDERS),
    recipient=st.sampled_from(RECIPIENTS),
)
def test_any_mail_has_a_kind(sample: bytes, damages: list[tuple[int, bytes, int]], sender: str, recipient: str) -> None:
    for position, piece, instead_of in damages:
        position %= len(sample) or 1
        sample = sample[:position] + piece + sample[position + instead_of :]
    kind = classify_mail(Arrival(sender, recipient, sample), "a-secret-of-the-tests-alone", "example.org")
    assert isinstance(kind, MailKind)
    assert kind.ticket is None  # no address here has our signature
    assert kind.email is None or kind.result != "final"
