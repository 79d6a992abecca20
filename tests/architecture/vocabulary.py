"""Words that the glossary replaces, and where each may still stand. `python -m tests.architecture.vocabulary [PATH …]` lists the uses.

Identifiers count as the words they are made of: `take_in_hand` and `MailRoom` hold `hand` and `room`.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SUFFIXES = {".py", ".html", ".md", ".txt", ".po", ".yaml", ".yml", ".js", ".css", ".toml", ".sh", ".svg", ""}


@dataclass(frozen=True)
class Word:
    """`pattern` is searched in a line whose identifiers were split into lower-case words, only in files below `within`."""

    name: str
    pattern: str
    instead: str
    within: tuple[str, ...] = ("",)


WORDS = (
    Word(
        "note (requester's)",
        r"\bnotes?\b",
        "submission in intake, ticket in triage",
        (
            "services/intake",
            "services/notify",
            "shared",
            "local",
            "bench",
            "docs",
            "tests",
            "README.md",
            "CONTRIBUTING.md",
        ),
    ),
    Word(
        "claim (not the agent's lease)",
        r"\bclaim(s|ed|ing)?\b",
        "lease, key",
        ("services/intake", "services/notify", "shared/events"),
    ),
    Word("desk", r"\bdesks?\b", "dependencies (deps)"),
    Word("reception", r"\breceptions?\b", "dependencies (deps)"),
    Word("parts", r"\bform parts\b|\bparts\(\)|\bkeep parts\b", "dependencies (deps)"),
    Word("room", r"\brooms?\b", "dependencies (deps)"),
    Word(
        "context (of views)", r"\bcontext\(\)|\bkeep context\b|\bclass context\b|\bapi context\b", "dependencies (deps)"
    ),
    Word("mend", r"\bmend(s|ed|ing)?\b", "fix, change, correct"),
    Word("taking", r"\b(takings?|taken|retake[sn]?|retaking|retook)\b", "lease, leased, accept, reclaim expired"),
    Word("take in", r"\b(take|takes|took) in\b", "accept"),
    Word("settle", r"\bsettl(e|es|ed|ing)\b", "record outcome"),
    Word("outcome writer", r"\boutcome writer\b", "outcome recorder"),
    Word("supply", r"\bsuppl(y|ies)\b", "prefetch"),
    Word("hand", r"(?<!by )\bhand\b|\bhandfuls?\b|\bin (their|our|its|your) hands\b", "batch, actor"),
    Word("gate", r"\bgates?\b", "circuit breaker"),
    Word("shut", r"\bshuts?\b", "open (the circuit breaker)"),
    Word("reopen (the gate)", r"\breopen(s|ed|ing)?\b", "close (the circuit breaker)", ("services/notify",)),
    Word("probe", r"\bprob(e|es|ed|ing|er|ers)\b", "half-open"),
    Word("verdict", r"\bverdicts?\b", "reply class"),
    Word("admission", r"\badmissions?\b", "throttle"),
    Word("caps", r"\bcaps?\b|\bcapped\b", "limits"),
    Word("on the list", r"\bon the list\b", "suppressed"),
    Word("letter", r"\bletters?\b", "e-mail (characters, where characters are meant)"),
    Word("addressee", r"\baddressees?\b", "recipient"),
    Word("specimen", r"\bspecimens?\b", "sample"),
    Word("happening", r"\bhappenings?\b", "timeline entry"),
    Word("deed", r"\bdeeds?\b", "action"),
    Word("placing", r"(?<!in )(?<!in one )(?<!takes )\bplac(e|es|ed|ing)\b|\bplacements?\b", "routing, route"),
    Word("listed", r"\blisted\b", "ticket row"),
    Word("frame", r"\bframes?\b", "layout"),
    Word("typed", r"\btyped\b", "form input"),
    Word("phrases", r"\bphrases\b|\bphrase ?books?\b", "translations"),
    Word("say", r"\bsay\b|\bsayer\b", "gettext"),
    Word("fault", r"\bfault(s|y)?\b", "validation error, message"),
    Word("refusal", r"\brefusals?\b", "validation error, message"),
    Word("trap", r"\btrap(s|ped)?\b", "honeypot"),
    Word("doubt", r"\bdoubt(s|ed|ful)?\b", "spam check"),
    Word("doorbell", r"\bdoorbells?\b", "task"),
    Word("ring", r"\bring(s|ing)?\b|\brung\b|\bbells?\b", "wake"),
    Word("is passing", r"\bis passing\b|\bpassing state", "is transient"),
    Word("nobody's", r"\bnobody['’]?s\b", "is transient"),
    Word("home", r"\bhomes?\b", "data directory"),
    Word("leftovers", r"\bleftovers?\b", "orphans"),
    Word("mourn", r"\bmourn(s|ed|er|ing)?\b", "on exit"),
    Word(
        "card",
        r"\bcards?\b",
        "start banner",
        ("local", "docs", "README.md", "tests/unit/local", "tests/integration/local"),
    ),
    Word("well", r"\bwell\b(?![- ](known|kept))", "ok"),
    Word("watch", r"\bwatch(es|ed|ing)?\b", "warning"),
    Word("ill", r"\bill\b", "critical"),
    Word("half within", r"\bhalf within\b", "median"),
    Word("nine of ten within", r"\bnine of ten within\b", "90th percentile"),
)


_PATTERNS = [(word, re.compile(word.pattern)) for word in WORDS]
_ANY = re.compile("|".join(f"(?:{word.pattern})" for word in WORDS))


@dataclass(frozen=True)
class Use:
    """One line that holds a word which the glossary replaces."""

    file: str
    line: int
    word: Word
    text: str


def uses(*below: str) -> Iterator[Use]:
    """Every use in the files below these paths (default: everywhere), as git knows them or would."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *below]
    for name in subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines():
        path = ROOT / name
        if path.suffix in SUFFIXES and not name.startswith("requirements") and path.is_file():
            yield from _in_file(name, path.read_text(encoding="utf-8"))


def _in_file(name: str, text: str) -> Iterator[Use]:
    lines = text.splitlines()
    # Nearly no line holds any of the words, so all are searched at once first.
    for number, plain in enumerate(_plain(text).splitlines(), 1):
        if _ANY.search(plain):
            for word, pattern in _PATTERNS:
                if name.startswith(word.within) and pattern.search(plain):
                    yield Use(name, number, word, lines[number - 1].strip())


def _plain(line: str) -> str:
    """The line in lower case, its identifiers split: `takeInHand`, `take_in_hand` and `TAKE_IN_HAND` alike."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_", " ", line).lower()


if __name__ == "__main__":
    for use in uses(*sys.argv[1:]):
        print(f"{use.file}:{use.line}: {use.word.name} → {use.word.instead}: {use.text[:120]}")
