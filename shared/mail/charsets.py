"""Text from bytes in whatever character set they claim, read as browsers read it. Pure.

Source: WHATWG Encoding Standard (https://encoding.spec.whatwg.org), whose labels `webencodings` holds. A label stands for what programs
really write under it: iso-8859-1 is windows-1252, gb2312 is gb18030, shift_jis is cp932.
"""

import codecs
import re

import webencodings

# Python's codecs of these names are narrower than what the standard means by them.
_WIDER = {
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
}
# What browsers refuse and mailers use.
_MAIL_ONLY = {"utf-7": "utf-7", "unicode-1-1-utf-7": "utf-7", "hz-gb-2312": "hz", "utf-32": "utf-32"}
_LABELS = {
    "x-sjis": "cp932",
    "x-gbk": "gb18030",
    "utf8mb4": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "cp-850": "cp850",
}
# Python's text codecs that no mailer means; some take time that grows with the square of the length.
_NOT_CHARSETS = {
    "punycode",
    "idna",
    "unicode-escape",
    "raw-unicode-escape",
    "undefined",
    "mbcs",
    "oem",
    "charmap",
    "palmos",
}
_MULTIBYTE = {
    "utf-8",
    "gb18030",
    "cp949",
    "cp932",
    "big5hkscs",
    "euc-jp",
    "iso-2022-jp",
    "utf-16-le",
    "utf-16-be",
    "utf-16",
    "utf-32",
    "utf-7",
    "hz",
}
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_ISO_2022_JP = re.compile(rb"\x1b(?:\$[@B]|\(J)")
_ESCAPE = re.compile(rb"\x1b(\([BIJ]|\$[@B]|\$\(D|&@\x1b\$B)")


def decode(raw: bytes, label: str | None = None) -> str:
    """The text of `raw`, whose declared character set is `label`; a byte that is not of that set costs one character (U+FFFD).

    A byte order mark decides first. Valid UTF-8 under a single-byte label, or under none, is UTF-8; ISO-2022-JP is known by its escapes.
    What is not declared and not UTF-8 is windows-1252. Never raises.
    """
    for mark, marked in _MARKS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(marked, "replace")
    name = codec_of(label)
    if name in (None, "cp1252", "iso-2022-jp", "utf-8") and _ISO_2022_JP.search(raw) and raw.isascii():
        return _iso_2022_jp(raw)
    if name not in _MULTIBYTE and not raw.isascii() and _is_utf8(raw):
        return raw.decode("utf-8")
    if name is None:
        return raw.decode("cp1252", "replace") if not raw.isascii() else raw.decode("ascii")
    if name == "iso-2022-jp":
        return _iso_2022_jp(raw)
    return _windows_1252(raw) if name == "cp1252" else raw.decode(name, "replace")


def codec_of(label: str | None) -> str | None:
    """Python's codec for a label; None for no label, or an unknown one."""
    plain = (label or "").strip().strip("\"'").lower()
    if not plain:
        return None
    if plain in _MAIL_ONLY:
        return _MAIL_ONLY[plain]
    if plain in _LABELS:
        return _LABELS[plain]
    known = webencodings.lookup(plain)
    if known is not None:
        if known.name in ("replacement", "x-user-defined"):
            return None
        name = _WIDER.get(known.name) or str(known.codec_info.name)
        return {"windows-1252": "cp1252", "iso2022_jp": "iso-2022-jp", "euc_jp": "euc-jp"}.get(name, name)
    return _python_codec(plain)


def _python_codec(name: str) -> str | None:
    """A codec of Python's that the standard does not list (cp437, cp850, mac-roman …)."""
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError, UnicodeError):
        return None
    is_text = getattr(found, "_is_text_encoding", True)
    return found.name if is_text and found.name.replace("_", "-") not in _NOT_CHARSETS else None


def _windows_1252(raw: bytes) -> str:
    """windows-1252 as browsers have it: the five bytes that it leaves out are control characters, which nobody sees."""
    return raw.decode("cp1252", "surrogateescape").translate(
        {0xDC00 + byte: byte for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}
    )


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _iso_2022_jp(raw: bytes) -> str:
    """ISO-2022-JP with the NEC and IBM rows that Windows mailers write under its name (①, ㈱, 髙); half-width katakana too (JIS X 0201)."""
    text, state, start = [], b"(B", 0
    for found in _ESCAPE.finditer(raw):
        text.append(_segment(raw[start : found.start()], state))
        state, start = found[1], found.end()
    text.append(_segment(raw[start:], state))
    return "".join(text)


def _segment(raw: bytes, state: bytes) -> str:
    if state == b"(I":
        return bytes(byte | 0x80 for byte in raw).decode("cp932", "replace")
    if state in (b"$@", b"$B", b"&@\x1b$B"):
        return _jis_x_0208(raw)
    if state == b"$(D":
        return (
            b"".join(b"\x8f" + bytes(byte | 0x80 for byte in raw[i : i + 2]) for i in range(0, len(raw), 2))
        ).decode("euc-jp", "replace")
    return raw.decode("cp932" if not raw.isascii() else "ascii", "replace")


def _jis_x_0208(raw: bytes) -> str:
    """Two bytes a character, moved to where Shift_JIS has them; line ends stay."""
    out, i = bytearray(), 0
    while i < len(raw):
        first = raw[i]
        if i + 1 >= len(raw) or not 0x21 <= first <= 0x7E or not 0x21 <= raw[i + 1] <= 0x7E:
            out.append(first)
            i += 1
            continue
        second = raw[i + 1]
        out.append(((first + 1) >> 1) + (0x70 if first < 0x5F else 0xB0))
        out.append(second + ((0x1F if second < 0x60 else 0x20) if first % 2 else 0x7E))
        i += 2
    return bytes(out).decode("cp932", "replace")
