"""What is new in a mail, and what it only repeats. Pure.

A mail answers below its own text, above it, or between the lines. What is repeated before the first and after the last new line is
folded away; what stands between new lines stays, because they answer to it. What is forwarded is new to us and stays too.

Each line is read a bounded number of times, and a bounded part of it, so that time grows with the length alone.
"""

import re

from services.intake.inbound_mail.reading.quote_words import LANGUAGES

# An attribution may be folded to so many lines; the block above a quoted mail has at most as many as the second.
_LINES_OF_AN_ATTRIBUTION = 4
_LINES_OF_A_BLOCK = 8
_LONGEST_ATTRIBUTION = 500
_LONGEST_LABEL = 20
_COLONS = (":", "：")


def _all(field: str) -> frozenset[str]:
    return frozenset(word for words in LANGUAGES.values() for word in getattr(words, field))


def _one_of(words: frozenset[str]) -> re.Pattern[str]:
    """Any of the words; whole words, but in scripts that put no spaces between them (from U+3000 on)."""
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(
        "|".join(
            re.escape(word) if ord(word[0]) >= 0x3000 else rf"(?<!\w){re.escape(word)}(?!\w)" for word in longest_first
        ),
        re.IGNORECASE,
    )


_WROTE = _one_of(_all("wrote"))
_OPENS = frozenset(word for word in _all("opens") | _all("weekdays"))
# How an e-mail of ours introduces the requester's message that it quotes.
_OURS = frozenset(word for words in LANGUAGES.values() for word in words.you_wrote)
_LABELS = {kind: _all(kind) for kind in ("sender", "date", "to", "subject")}
_ORIGINAL, _FORWARDED = _all("original"), _all("forwarded")
_RULE = re.compile(r"[_\-\s]{20,}")
_ADDRESS = re.compile(r"<?[^\s<>@]{1,64}@[^\s<>@]{1,255}\.[^\s<>@]{2,63}>?")
_TIME = re.compile(r"(?<!\d)(\d{1,2}[:.h]\d{2}|\d{4})(?!\d)")


def fold_quotes(text: str) -> tuple[str, str]:
    """The new part and the repeated one; either may be empty."""
    lines = text.split("\n")
    repeated = _repeated(lines)
    new = [number for number, line in enumerate(lines) if line.strip() and not repeated[number]]
    if not new:
        return "", text.strip()
    first, last = new[0], _last(lines, repeated, new)
    kept = "\n".join(lines[first : last + 1]).strip()
    return kept, "\n".join([*lines[:first], *lines[last + 1 :]]).strip("\n")


def _repeated(lines: list[str]) -> list[bool]:
    """For each line whether it belongs to an earlier mail."""
    found = [line.lstrip().startswith(">") for line in lines]
    last = _last_of_client(lines, found)
    for number, line in enumerate(lines):
        if found[number] or not line.strip():
            continue
        if _between_dashes(line, _FORWARDED):
            # All below is what the writer sends on, heads of its own included.
            return [*found[:number], *(False for _ in lines[number:])]
        if _between_dashes(line, _ORIGINAL) or _is_block(lines, number):
            return [*found[:number], *(True for _ in lines[number:])]
        length = _attribution(lines, number)
        if length:
            after = number + length
            if last < after:
                return [*found[:number], *(True for _ in lines[number:])]
            following = _next_written(lines, after)
            if following is None or found[following]:
                found[number:after] = [True] * length
    return found


def _last_of_client(lines: list[str], found: list[bool]) -> int:
    """The last line that the client put behind `>`; -1 when there is none.

    A client that quotes an e-mail of ours without `>` leaves the `>` before the message that our e-mail quotes itself.
    """
    last, within_ours = -1, False
    for number, line in enumerate(lines):
        if found[number] and not within_ours:
            last = number
        elif not found[number] and line.strip():
            within_ours = line.strip().lower() in _OURS
    return last


def _between_dashes(line: str, words: frozenset[str]) -> bool:
    """Whether the line is one of `words` between dashes (or, of Apple Mail, with a colon behind it)."""
    plain = line.strip()
    if len(plain) > 120:
        return False
    bare = plain.strip("-_—–= \t").rstrip(":：").strip().lower()
    return bare in words and (plain[:1] in "-_—–=" or plain.endswith(_COLONS))


def _is_block(lines: list[str], number: int) -> bool:
    """Whether everything from here on is an earlier mail, under the block of its sender, date, recipient and subject.

    At least three different labels stand one below the other, sender and date or subject among them. The sender has an address, or a
    subject shows that it is a mail: a table of From, To and Date that a person writes is none.
    """
    start = number + 1 if _RULE.fullmatch(lines[number].strip()) else number
    kinds: dict[str, str] = {}
    for line in lines[start : start + _LINES_OF_A_BLOCK]:
        if not line.strip():
            if kinds:
                break
            continue
        kind, value = _label(line)
        if kind is None:
            # A long list of recipients is folded.
            if kinds and line[:1].isspace():
                continue
            break
        kinds.setdefault(kind, value)
    if len(kinds) < 3 or "sender" not in kinds or not kinds.keys() & {"date", "subject"}:
        return False
    return bool(_ADDRESS.search(kinds["sender"][:300])) or (
        "subject" in kinds and bool(_TIME.search(kinds.get("date", "")[:100]))
    )


def _label(line: str) -> tuple[str | None, str]:
    """What the line is about, and its value."""
    plain = line.strip().lstrip("*> ").replace("：", ":", 1)
    label, colon, value = plain[:400].partition(":")
    label = label.strip("* \u00a0").lower()
    if not colon or len(label) > _LONGEST_LABEL:
        return None, ""
    return next((kind for kind, words in _LABELS.items() if label in words), None), value.strip("* ")


def _attribution(lines: list[str], number: int) -> int:
    """Over how many lines `On …, somebody wrote:` goes that begins here; 0 when none does."""
    for length in range(1, _LINES_OF_AN_ATTRIBUTION):
        line = lines[number + length - 1].strip() if number + length <= len(lines) else ""
        if not line or line.startswith(">") or len(line) > _LONGEST_ATTRIBUTION:
            return 0
        if line.endswith(_COLONS):
            joined = " ".join(part.strip() for part in lines[number : number + length])
            return length if len(joined) <= _LONGEST_ATTRIBUTION and _is_attribution(joined) else 0
    return 0


def _is_attribution(text: str) -> bool:
    """A date and "wrote" in some language; or a date and an address at the end, as Gmail writes in Japanese and Russian."""
    if not _TIME.search(text):
        return False
    start = re.match(r"[\W_]*(\w+)", text)
    opens = start is not None and (start[1].lower() in _OPENS or start[1][:1].isdigit())
    if _WROTE.search(text):
        return opens or _ADDRESS.search(text) is not None
    return opens and text.rstrip(":： ").endswith(">") and _ADDRESS.search(text) is not None


def _next_written(lines: list[str], start: int) -> int | None:
    return next((number for number in range(start, len(lines)) if lines[number].strip()), None)


def _last(lines: list[str], repeated: list[bool], new: list[int]) -> int:
    """The last new line. A signature (RFC 3676, 4.3) or a footer under a rule, below a repeated mail, is none."""
    mark = next((number for number in new if lines[number].rstrip() == "--" or _is_footer(lines[number])), None)
    if mark is not None and new[0] < mark:
        above = [number for number in new if number < mark]
        if above and any(repeated[above[-1] : mark]):
            return above[-1]
    return new[-1]


def _is_footer(line: str) -> bool:
    return re.fullmatch(r"[_\-=*]{5,}", line.strip()) is not None
