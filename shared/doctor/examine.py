"""Asks every question, whatever becomes of the ones before."""

from collections.abc import Iterable, Iterator

from shared.doctor.finding import Finding, Question, ill
from shared.settings import SettingsError


def examine(questions: Iterable[Question]) -> Iterator[tuple[str, Finding]]:
    """What each question is about and what it found, one after the other; a question that fails is ill by that."""
    for question in questions:
        yield question.about, _answer(question)


def _answer(question: Question) -> Finding:
    try:
        return question.ask()
    except SettingsError as error:
        return ill("; ".join(error.problems), "docs/settings.md explains each setting")
    except Exception as error:  # whatever it is, the other questions must still be asked
        words = next((line.strip() for line in str(error).splitlines() if line.strip()), "")
        return ill(
            f"{type(error).__name__}: {words}"[:300], "is it running, and is its address right? see docs/settings.md"
        )
