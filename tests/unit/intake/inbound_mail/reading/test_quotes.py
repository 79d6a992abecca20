"""Quotes fold in the languages that people write in; what is new stays."""

import time

import pytest

from services.intake.inbound_mail.reading.quotes import fold_quotes

ATTRIBUTIONS = [
    "On Wed, Dec 4, 2024 at 8:42 PM Help <help@example.org> wrote:",
    "ons 4 dec. 2024 kl. 20:42 skrev Help <help@example.org>:",
    "Den 4 december 2024 20:42 skrev Help:",
    "ons. 4. dec. 2024 kl. 20.42 skrev Help <help@example.org>:",
    "Am 04.12.2024 um 20:42 schrieb Help:",
    "Op wo 4 dec 2024 om 20:42 schreef Help <help@example.org>:",
    "ke 4. jouluk. 2024 klo 20.42 Help (help@example.org) kirjoitti:",
    "Le mer. 4 déc. 2024 à 20:42, Help <help@example.org> a écrit :",
    "Il giorno mer 4 dic 2024 alle ore 20:42 Help <help@example.org> ha scritto:",
    "Em qua., 4 de dez. de 2024 às 20:42, Help <help@example.org> escreveu:",
    "El mié, 4 dic 2024 a las 20:42, Help (<help@example.org>) escribió:",
    "śr., 4 gru 2024 o 20:42 Help <help@example.org> napisał(a):",
    "Help <help@example.org>, 4 Ara 2024 Çar, 20:42 tarihinde şunu yazdı:",
    "ср, 4 дек. 2024 г. в 20:42, Help <help@example.org>:",
    "2024年12月4日(水) 20:42 Help <help@example.org>:",
    "Help <help@example.org> 于2024年12月4日周三 20:42写道：",
]
BLOCKS = [
    ("From", "Sent", "To", "Subject"),
    ("Från", "Skickat", "Till", "Ämne"),
    ("Fra", "Sendt", "Til", "Emne"),
    ("Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe"),
    ("Von", "Gesendet", "An", "Betreff"),
    ("Van", "Verzonden", "Aan", "Onderwerp"),
    ("De", "Envoyé", "À", "Objet"),
    ("De", "Enviado el", "Para", "Asunto"),
    ("Da", "Inviato", "A", "Oggetto"),
    ("De", "Enviada em", "Para", "Assunto"),
    ("Od", "Wysłano", "Do", "Temat"),
    ("Kimden", "Gönderildi", "Kime", "Konu"),
    ("От", "Отправлено", "Кому", "Тема"),
    ("差出人", "送信日時", "宛先", "件名"),
    ("发件人", "发送时间", "收件人", "主题"),
]


@pytest.mark.parametrize("line", ATTRIBUTIONS)
def test_an_attribution_folds_with_what_it_introduces(line: str) -> None:
    new, quoted = fold_quotes(f"Here it is.\n\n{line}\n\n> Please send a screenshot.\n> The team")
    assert new == "Here it is."
    assert "Please send a screenshot." in quoted


@pytest.mark.parametrize("labels", BLOCKS, ids=[labels[0] + labels[1] for labels in BLOCKS])
def test_a_block_of_sender_date_recipient_and_subject_folds(labels: tuple[str, str, str, str]) -> None:
    sender, date, to, subject = labels
    block = f"{sender}: Help <help@example.org>\n{date}: 4.12.2024 20:42\n{to}: Bo\n{subject}: Your note"
    new, quoted = fold_quotes(f"Here it is.\n\n{block}\n\nPlease send a screenshot.")
    assert new == "Here it is."
    assert "Please send a screenshot." in quoted


def test_a_block_that_begins_with_the_date_folds() -> None:
    text = "Yes.\n\nDate: Tue, 5 Nov 2024\nFrom: help@example.org\nTo: bo@example.org\nSubject: Your note\n\nWhich one?"
    assert fold_quotes(text)[0] == "Yes."


def test_a_footer_below_the_quote_hides_no_quote() -> None:
    text = "Yes.\n\nOn 4 Dec 2024 Help <help@example.org> wrote:\n> Which?\n\n______\nScanned by a gateway."
    new, quoted = fold_quotes(text)
    assert new == "Yes."
    assert "> Which?" in quoted


@pytest.mark.parametrize(
    "text",
    [
        "Please move my campaign.\n\nFrom: 1 May\nTo: 31 May\nDate: as soon as you can\n\nIt is urgent.",
        "From: Stockholm\nTo: Paris\nDate: 4 May 2024\n\nPlease help.",
        "I tried three things:\n1. wrote:\n2. deleted it",
    ],
)
def test_what_a_person_writes_is_no_quote(text: str) -> None:
    assert fold_quotes(text) == (text, "")


def test_a_forward_keeps_what_it_forwards() -> None:
    text = (
        "Why did I get this?\n\n---------- Forwarded message ---------\nFrom: Shop <shop@example.org>\n"
        "Date: Tue, 5 Nov 2024 at 09:00\nSubject: Removed\nTo: Bo <bo@example.org>\n\nYour pin was removed."
    )
    new, _ = fold_quotes(text)
    assert new.startswith("Why did I get this?")
    assert "Your pin was removed." in new


@pytest.mark.parametrize(
    "hostile", ["On 1 wrote:\n", "From: a@b.c\n", "> \n", "a:" * 30, "On " * 20_000, "2024" * 15_000, "<" * 60_000]
)
def test_hostile_text_costs_little(hostile: str) -> None:
    text = (hostile * (60_000 // len(hostile) + 1))[:60_000]
    start = time.process_time()
    fold_quotes(text)
    assert time.process_time() - start < 1.0, "the issue is growth with the square of the length, which takes minutes"
