"""An answer to an e-mail of ours, which quotes the requester itself, splits into what is new and what is repeated."""

from email.message import EmailMessage

import pytest

from services.intake.inbound_mail.mail import Mail
from services.intake.inbound_mail.reading.quote_words import LANGUAGES
from services.intake.inbound_mail.reading.quotes import fold_quotes
from services.intake.inbound_mail.reading.read_mail import read_mail
from services.notify.compose.kinds.registry import KINDS
from services.notify.compose.kinds.samples import sample
from services.notify.compose.render import ComposedEmail, compose
from services.notify.compose.strings import LANGUAGES as OUR_LANGUAGES
from services.notify.compose.strings import LAYOUT, read_strings
from shared.catalog import load

CATALOG = load()
KINDS_OF_PERSONS = ("reply", "information_request", "disapproval", "resolution")
NEW = "Here it is.\n\nBo"
GMAIL = {
    "en": "On Wed, Dec 4, 2024 at 8:42 PM Anna, Pinly <help@example.org> wrote:",
    "sv": "ons 4 dec. 2024 kl. 20:42 skrev Anna, Pinly <help@example.org>:",
}
APPLE = {
    "en": "On 4 Dec 2024, at 20:42, Anna, Pinly <help@example.org> wrote:",
    "sv": "4 dec. 2024 kl. 20:42 skrev Anna, Pinly <help@example.org>:",
}
OUTLOOK = {"en": ("From", "Sent", "To", "Subject"), "sv": ("Från", "Skickat", "Till", "Ämne")}


def ours(kind: str, lang: str) -> ComposedEmail:
    return compose(KINDS[kind], lang, sample(KINDS[kind], CATALOG, lang, "https://help.example.com"))


def marked(text: str) -> str:
    return "\n".join(f">{line}" if line.startswith(">") else f"> {line}" for line in text.splitlines())


def block(lang: str, subject: str) -> str:
    sender, sent, to, about = OUTLOOK[lang]
    return f"{sender}: Anna, Pinly <help@example.org>\n{sent}: 4.12.2024 20:42\n{to}: Bo <bo@example.org>\n{about}: {subject}"


def plain_answers(email: ComposedEmail, lang: str) -> dict[str, str]:
    """The answer as each client's plain text has it."""
    return {
        "gmail": f"{NEW}\n\n{GMAIL[lang]}\n\n{marked(email.text)}",
        "apple": f"{NEW}\n\n> {APPLE[lang]}\n>\n{marked(email.text)}",
        "outlook": f"{NEW}\n\n________________________________\n{block(lang, email.subject)}\n\n{email.text}",
        "outlook original": f"{NEW}\n\n-----Original Message-----\n{block(lang, email.subject)}\n\n{email.text}",
        "without marks": f"{NEW}\n\n{GMAIL[lang]}\n\n{email.text}",
        "above the answer": f"{GMAIL[lang]}\n{marked(email.text)}\n\n{NEW}",
    }


@pytest.mark.parametrize("kind", KINDS_OF_PERSONS)
@pytest.mark.parametrize("lang", ["en", "sv"])
@pytest.mark.parametrize(
    "client", ["gmail", "apple", "outlook", "outlook original", "without marks", "above the answer"]
)
def test_a_plain_answer(kind: str, lang: str, client: str) -> None:
    email = ours(kind, lang)
    new, quoted = fold_quotes(plain_answers(email, lang)[client].strip())
    assert new == NEW
    repeated = [line.lstrip("> ") for line in quoted.splitlines()]
    assert all(line.lstrip("> ") in repeated for line in email.text.splitlines() if line.strip())


def html_answer(email: ComposedEmail, lang: str, client: str) -> bytes:
    body = email.html.partition("<body")[2].partition(">")[2].partition("</body>")[0]
    written = "<div>Here it is.</div><div><br></div><div>Bo</div>"
    head = block(lang, email.subject).replace("<", "&lt;").replace("\n", "<br>")
    quoted = {
        "gmail": f'<div class="gmail_quote"><div class="gmail_attr">{GMAIL[lang].replace("<", "&lt;")}<br></div>'
        f'<blockquote class="gmail_quote">{body}</blockquote></div>',
        "apple": f'<br><blockquote type="cite"><div>{APPLE[lang].replace("<", "&lt;")}</div><br><div>{body}</div></blockquote>',
        "outlook": f'<hr><div id="divRplyFwdMsg">{head}</div><div>{body}</div>',
        "without marks": f"<div><br></div><div>{GMAIL[lang].replace('<', '&lt;')}</div>{body}",
    }[client]
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "bo@example.org", "reply@mail.localhost.test", f"Re: {email.subject}"
    mail.set_content(f"<html><body>{written}{quoted}</body></html>", subtype="html")
    return mail.as_bytes()


@pytest.mark.parametrize("kind", KINDS_OF_PERSONS)
@pytest.mark.parametrize("lang", ["en", "sv"])
@pytest.mark.parametrize("client", ["gmail", "apple", "outlook", "without marks"])
def test_an_answer_in_html(kind: str, lang: str, client: str) -> None:
    mail = read_mail(html_answer(ours(kind, lang), lang, client))
    assert isinstance(mail, Mail)
    assert mail.message == NEW


def test_the_words_above_our_quotation_are_those_that_notify_writes() -> None:
    for lang in OUR_LANGUAGES:
        assert read_strings(LAYOUT, lang)["you_wrote"].lower() in LANGUAGES[lang].you_wrote


def test_a_person_who_writes_between_our_lines_is_read_in_full() -> None:
    email = ours("reply", "en")
    first, _, rest = marked(email.text).partition("\n")
    between = f"{GMAIL['en']}\n{first}\n\nYou are welcome.\n\n{rest}\n\nBo"
    new, _ = fold_quotes(between)
    assert new.startswith("You are welcome.")
    assert new.endswith("Bo")
