"""Forms of pages: what a browser would send of them, and the request that sends it.

By regular expressions: the generator shares the cores with what it measures, and a parser of HTML takes milliseconds a page.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from urllib.parse import urljoin

BOUNDARY = b"----bench-form-boundary"
_FORM = re.compile(rb"<form\b([^>]*)>(.*?)</form>", re.S | re.I)
_FIELD = re.compile(
    rb"<(?P<tag>input|button)\b(?P<single>[^>]*)>"
    rb"|<(?P<pair>select|textarea)\b(?P<attributes>[^>]*)>(?P<inside>.*?)</(?P=pair)>",
    re.S | re.I,
)
_OPTION = re.compile(rb"<option\b([^>]*)>([^<]*)", re.I)
_ATTRIBUTE = re.compile(rb"""([^\s=/"'>]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?""")
# A browser sends these only when they are pressed, ticked or chosen.
_NOT_SENT = ("submit", "button", "reset", "image", "file", "checkbox", "radio")


class NoForm(Exception):
    """The page has no such form."""


@dataclass(frozen=True)
class Form:
    """`action`: where it is posted, as the page says; `fields`: what it holds before anybody types, the hidden fields among them."""

    action: str
    fields: Mapping[str, str]


@dataclass(frozen=True)
class File:
    """A file that is posted with a form."""

    field: str
    name: str
    media_type: str
    body: bytes


def form_with(page: bytes, field: str) -> Form:
    """The page's form that has the field. Raises NoForm."""
    for attributes, inside in _FORM.findall(page):
        fields = _fields(inside)
        if field in fields:
            return Form(_attributes(attributes).get("action", ""), fields)
    raise NoForm(f"no form with {field!r} in {page[:300]!r}")


def _fields(inside: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    for match in _FIELD.finditer(inside):
        given = _attributes(match["single"] or match["attributes"] or b"")
        name = given.get("name")
        if not name or (match["tag"] or b"").lower() == b"button" or given.get("type", "").lower() in _NOT_SENT:
            continue
        if (match["pair"] or b"").lower() == b"select":
            found[name] = _chosen(match["inside"])
        elif match["pair"]:
            found[name] = unescape(match["inside"].decode()).removeprefix("\n")
        else:
            found[name] = given.get("value", "")
    return found


def _chosen(inside: bytes) -> str:
    """The value of the selected option, or of the first."""
    options = [(_attributes(attributes), text.decode().strip()) for attributes, text in _OPTION.findall(inside)]
    selected = [option for option in options if "selected" in option[0]] or options[:1]
    return next((given.get("value", unescape(text)) for given, text in selected), "")


def _attributes(given: bytes) -> dict[str, str]:
    return {
        name.decode().lower(): unescape((double or single or bare).decode())
        for name, double, single, bare in _ATTRIBUTE.findall(given)
    }


def get(host: str, path: str, cookies: Mapping[bytes, bytes] | None = None) -> bytes:
    """The request for a page."""
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\n".encode() + _cookies(cookies or {}) + b"\r\n"


def _cookies(kept: Mapping[bytes, bytes]) -> bytes:
    return b"Cookie: %s\r\n" % b"; ".join(b"%s=%s" % each for each in kept.items()) if kept else b""


def post(
    host: str,
    page: str,
    form: Form,
    filled: Mapping[str, str],
    cookies: Mapping[bytes, bytes],
    file: File | None = None,
) -> bytes:
    """The form of `page` as a browser posts it, with what a person filled in; without a file its field is empty."""
    body = multipart({**form.fields, **filled}, file)
    path = urljoin(f"http://{host}{page}", form.action).partition(host)[2]
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nReferer: http://{host}{page}\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY.decode()}\r\nContent-Length: {len(body)}\r\n"
    ).encode()
    return head + _cookies(cookies) + b"\r\n" + body


def multipart(fields: Mapping[str, str], file: File | None) -> bytes:
    """A body of multipart/form-data (RFC 7578)."""
    parts = [
        b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (BOUNDARY, name.encode(), value.encode())
        for name, value in fields.items()
    ]
    if file is not None:
        about = f'name="{file.field}"; filename="{file.name}"\r\nContent-Type: {file.media_type}'.encode()
        parts.append(b"--%s\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n" % (BOUNDARY, about, file.body))
    return b"".join([*parts, b"--%s--\r\n" % BOUNDARY])
