import pytest

from services.intake.conversation.repeated_lines import without_repeated_lines

ANSWER = "Hello Ann,\n\nyour **new code** is 4711, valid for a day.\n\n- Do not share it"


@pytest.mark.parametrize(
    ("mail", "left"),
    [
        ("Thanks!\n\n| Your new code is 4711,\n| valid for a day.", "Thanks!"),
        ("Thanks!\n> > YOUR NEW CODE IS 4711", "Thanks!"),
        ("Do not share it", ""),
        ("It was 4711", "It was 4711"),
        ("Hello\nagain", "Hello\nagain"),
    ],
)
def test_lines_of_an_answer_are_left_out(mail: str, left: str) -> None:
    assert without_repeated_lines(mail, [ANSWER]) == left


def test_without_answers_a_mail_is_shown_as_it_is() -> None:
    assert without_repeated_lines("  a\n\nb ", []) == "  a\n\nb "
