"""Reading a page's form, and posting it as a browser does."""

from io import BytesIO

import pytest
from werkzeug.formparser import parse_form_data

from bench.visits.form import File, Form, NoForm, form_with, get, post

PAGE = b"""
<form action="/search"><input type="hidden" name="token" value="of the search"><input name=words></form>
<FORM class='main' method=post action="/send?lang=en&amp;from=here">
  <input type="hidden" name="token" value="a&amp;b&quot;c">
  <input name='email' type="email" required value=''>
  <input type="checkbox" name="agreed" value="1"><input type="file" name="attachment"><input type="submit" name="go">
  <button name="remove" value="1">Remove</button>
  <select id="p" name="priority"><option value="1">One<option value="3" selected>Three</select>
  <select name="queue"><option value="">Choose</option><option value="7">Help</option></select>
  <select name="plain"><option>First</option></select>
  <textarea name="message" rows="7">
A &lt; B
second</textarea>
  <input name="homepage" tabindex=-1>
</FORM>
<form><input type="hidden" name="other" value="x"></form>
"""


def environ(request: bytes) -> dict[str, object]:
    """What a WSGI server makes of a request."""
    head, _, body = request.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    return {
        "REQUEST_METHOD": first.split()[0],
        "PATH_INFO": first.split()[1],
        "CONTENT_TYPE": headers["Content-Type"],
        "CONTENT_LENGTH": headers["Content-Length"],
        "wsgi.input": BytesIO(body),
        **headers,
    }


def test_the_form_with_the_field_is_read_as_a_browser_sends_it() -> None:
    form = form_with(PAGE, "email")
    assert form.action == "/send?lang=en&from=here"
    assert form.fields == {
        "token": 'a&b"c',
        "email": "",
        "priority": "3",
        "queue": "",
        "plain": "First",
        "message": "A < B\nsecond",
        "homepage": "",
    }


def test_a_form_is_found_by_a_hidden_field_too() -> None:
    assert form_with(PAGE, "other") == Form("", {"other": "x"})


@pytest.mark.parametrize("field", ["attachment", "remove", "nothing"])
def test_a_page_without_such_a_field_has_no_such_form(field: str) -> None:
    with pytest.raises(NoForm, match=field):
        form_with(PAGE, field)


def test_what_was_filled_in_is_posted_with_what_the_form_held() -> None:
    form = Form("", {"token": "t", "email": "", "homepage": ""})
    file = File("attachment", "a.png", "image/png", b"\x89PNG\r\n\r\n--")
    request = post("127.0.0.1:8000", "/help/form?x=1", form, {"email": "å@example.com"}, {b"a": b"1", b"b": b"2"}, file)
    given = environ(request)
    _, fields, files = parse_form_data(given)
    assert dict(fields) == {"token": "t", "email": "å@example.com", "homepage": ""}
    assert files["attachment"].filename == "a.png"
    assert files["attachment"].mimetype == "image/png"
    assert files["attachment"].read() == file.body
    assert given["Cookie"] == "a=1; b=2"
    assert given["PATH_INFO"] == "/help/form?x=1"
    assert (given["Host"], given["Origin"]) == ("127.0.0.1:8000", "http://127.0.0.1:8000")
    assert given["Referer"] == "http://127.0.0.1:8000/help/form?x=1"


@pytest.mark.parametrize(
    ("action", "path"), [("/send?x=1", "/send?x=1"), ("issue", "/issue"), ("", "/form?a=b"), ("?c=d", "/form?c=d")]
)
def test_an_action_is_relative_to_its_page(action: str, path: str) -> None:
    assert environ(post("host:1", "/form?a=b", Form(action, {}), {}, {}))["PATH_INFO"] == path


def test_a_page_is_fetched_with_the_cookies() -> None:
    assert (
        get("host:1", "/x", {b"a": b"1"})
        == b"GET /x HTTP/1.1\r\nHost: host:1\r\nAccept: text/html\r\nCookie: a=1\r\n\r\n"
    )
    assert b"Cookie" not in get("host:1", "/x")
