"""What agents write, and requesters' web addresses, as HTML."""

import pytest

from shared.commonmark import as_html, as_plain, linked_text


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("Hello **Anna**,\nthanks", "<p>Hello <strong>Anna</strong>,<br>\nthanks</p>\n"),
        ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n"),
        ("<b>raw</b> & <script>x</script>", "<p>&lt;b&gt;raw&lt;/b&gt; &amp; &lt;script&gt;x&lt;/script&gt;</p>\n"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>\n"),
        ("[x](/relative)", "<p>[x](/relative)</p>\n"),
        ("[x](data:text/html,x)", "<p>[x](data:text/html,x)</p>\n"),
        ("[x](ftp://example.org/)", "<p>[x](ftp://example.org/)</p>\n"),
        ("[x](//example.org/)", "<p>[x](//example.org/)</p>\n"),
    ],
)
def test_rendering(source: str, html: str) -> None:
    assert as_html(source) == html


@pytest.mark.parametrize("url", ["https://example.org/a?b=c", "http://example.org", "mailto:help@example.org"])
def test_links_that_stay(url: str) -> None:
    assert as_html(f"[x]({url})") == f'<p><a href="{url}" rel="noopener noreferrer">x</a></p>\n'
    assert f'href="{url}"' in as_html(f"<{url}>")


def test_a_web_address_becomes_a_link() -> None:
    assert 'href="https://example.org/a"' in as_html("See https://example.org/a.")
    assert "href" not in as_html("See example.org and ftp://example.org and //example.org")


def test_an_image_is_never_shown() -> None:
    assert "<img" not in as_html("![x](https://example.org/x.png)")


def test_of_a_requesters_text_only_web_addresses_become_html() -> None:
    html = linked_text("<b>**no**</b> https://example.org/?a=1&b=2 (https://example.org/x) javascript:x")
    link = '<a href="{0}" rel="noopener noreferrer nofollow">{0}</a>'.format
    assert html == (
        f"&lt;b&gt;**no**&lt;/b&gt; {link('https://example.org/?a=1&amp;b=2')} ({link('https://example.org/x')}) javascript:x"
    )


@pytest.mark.parametrize(
    ("source", "plain"),
    [
        ("Hello **Max**,\n\n- one\n- two\n", "Hello Max,\none\ntwo"),
        ("# Title\n\n> quoted *text*\n\n1. a\n   1. b", "Title\nquoted text\na\nb"),
        (
            "[words](https://example.org/a) <https://example.org/b> https://example.org/c",
            "words https://example.org/b https://example.org/c",
        ),
        ("One\\\ntwo\nthree", "One\ntwo\nthree"),
        ("`co*de` &amp; \\*no\\* <b>raw</b>", "co*de & *no* <b>raw</b>"),
        ("```py\nfoo(*a)\n```\n\n---\n\nend", "foo(*a)\n\nend"),
        ("", ""),
    ],
)
def test_the_words_without_marks(source: str, plain: str) -> None:
    assert as_plain(source) == plain
