"""What is new in a mail, and what it only repeats. Pure.

A mail answers below its own text, above it, or between the lines. What is repeated before the first and after the last new line is
folded away; what stands between new lines stays, because they answer to it.
"""

import re

_WROTE = r"(?:wrote|skrev|schrieb|a écrit|escribió|schreef|ha scritto|escreveu|kirjoitti|napisał(?:\(a\))?)"
_ATTRIBUTION = re.compile(
    rf"(?:On|Den|Am|Le|El|Op|Il|Em|\d)\b.{{0,300}}\d.{{0,300}}{_WROTE}\b.{{0,100}}:\s*", re.IGNORECASE
)
_ORIGINAL = re.compile(
    r"[-_\s]{2,}(?:original message|ursprungligt meddelande|originalmeddelande|ursprüngliche nachricht|message d'origine)[-_\s]{2,}",
    re.IGNORECASE,
)
_RULE = re.compile(r"[_-]{20,}\s*")
_FROM = re.compile(r"\*?(?:From|Från|Von|De|Da|Van)\s?:\*?\s*\S.*", re.IGNORECASE)
_OTHERS = re.compile(
    r"\*?(?:Sent|Date|To|Cc|Subject|Skickat|Datum|Till|Kopia|Ämne|Gesendet|An|Betreff|Envoyé|À|Objet)\s?:\*?\s*\S?.*",
    re.IGNORECASE,
)
# An attribution may be folded to so many lines; the block of an Outlook header has at most as many.
_LINES_OF_A_HEAD = 4


def fold_quotes(text: str) -> tuple[str, str]:
    """The new part and the repeated one; either may be empty."""
    lines = text.split("\n")
    repeated = _repeated(lines)
    new_lines = [number for number, line in enumerate(lines) if line.strip() and not repeated[number]]
    if not new_lines:
        return "", text.strip()
    first, last = new_lines[0], _last(lines, repeated, new_lines)
    new = "\n".join(lines[first : last + 1]).strip()
    return new, "\n".join([*lines[:first], *lines[last + 1 :]]).strip("\n")


def _repeated(lines: list[str]) -> list[bool]:
    """For each line whether it belongs to an earlier mail."""
    found = [line.lstrip().startswith(">") for line in lines]
    for number, line in enumerate(lines):
        if found[number] or not line.strip():
            continue
        if _is_head(lines, number):
            return [*found[:number], *(True for _ in lines[number:])]
        length = _attribution(lines, number)
        if length:
            after = number + length
            if not any(found[after:]):
                return [*found[:number], *(True for _ in lines[number:])]
            following = _next_filled(lines, after)
            if following is None or found[following]:
                found[number:after] = [True] * length
    return found


def _is_head(lines: list[str], number: int) -> bool:
    """Whether everything from here on is an earlier mail, under its head."""
    if _ORIGINAL.fullmatch(lines[number].strip()):
        return True
    start = number + 1 if _RULE.fullmatch(lines[number].strip()) else number
    block = [line.strip() for line in lines[start : start + _LINES_OF_A_HEAD + 1] if line.strip()]
    return (
        bool(block)
        and bool(_FROM.fullmatch(block[0]))
        and sum(bool(_OTHERS.fullmatch(line)) for line in block[1:]) >= 2
    )


def _attribution(lines: list[str], number: int) -> int:
    """The number of lines of the `On …, Ann wrote:` that begins here; 0 when none does."""
    for length in range(1, _LINES_OF_A_HEAD):
        line = lines[number + length - 1] if number + length <= len(lines) else ""
        if not line.strip():
            return 0
        if line.rstrip().endswith(":"):
            joined = " ".join(part.strip() for part in lines[number : number + length])
            return length if _ATTRIBUTION.fullmatch(joined[:600]) else 0
    return 0


def _next_filled(lines: list[str], start: int) -> int | None:
    return next((number for number in range(start, len(lines)) if lines[number].strip()), None)


def _last(lines: list[str], repeated: list[bool], new_lines: list[int]) -> int:
    """The last new line; a signature (RFC 3676, 4.3) below a repeated mail is none."""
    signature = next((number for number in new_lines if lines[number].rstrip() == "--"), None)
    if signature is not None and any(repeated[:signature]) and new_lines[0] < signature:
        above = [number for number in new_lines if number < signature]
        if any(repeated[above[-1] : signature]):
            return above[-1]
    return new_lines[-1]
