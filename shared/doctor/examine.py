"""Asks every question, also after one that failed."""

from collections.abc import Iterable, Iterator

from sqlalchemy.exc import SQLAlchemyError

from shared.doctor.finding import Finding, Question, critical
from shared.settings import SettingsError

# The server that a library's errors are about; our own errors name theirs.
_SERVERS = {"sqlalchemy": "PostgreSQL", "psycopg": "PostgreSQL", "redis": "Redis"}
_OURS = ("shared", "services")


def examine(questions: Iterable[Question]) -> Iterator[tuple[str, Finding]]:
    """Each question's subject and finding, in order; an error is a critical finding."""
    silent: set[str] = set()
    for question in questions:
        needed = next((name for name in question.needs if name in silent), None)
        if needed:
            yield question.about, critical(f"not asked: {needed} does not answer", f"see what is said of {needed}")
            continue
        try:
            finding = question.ask()
        except Exception as error:  # any error must leave the other questions
            silent.add(question.about)
            finding = _of(error, question.remedy)
        yield question.about, finding


def _of(error: Exception, remedy: str) -> Finding:
    if isinstance(error, SettingsError):
        return critical("; ".join(error.problems), "docs/operate/settings.md explains each setting")
    original = (error.orig if isinstance(error, SQLAlchemyError) and hasattr(error, "orig") else None) or error
    words = next((line.strip() for line in str(original).splitlines() if line.strip()), type(original).__name__)
    library = type(error).__module__.partition(".")[0]
    if library in _SERVERS:
        words = f"{_SERVERS[library]} does not answer: {words}"
    elif library not in _OURS:
        words = f"{type(error).__name__}: {words}"
    return critical(words[:300], remedy)
