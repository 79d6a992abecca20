"""Sample mails: as the usual programs write them, and malformed ones."""
# ruff: noqa: E501 (mails are quoted as they travel)

import base64
from collections.abc import Sequence
from email.message import EmailMessage

from tests.samples import files

HEAD = b"From: Ann Example <ann@example.com>\r\nTo: reply@mail.localhost.test\r\nSubject: Re: Your note\r\nMessage-ID: <1@example.com>\r\nMIME-Version: 1.0\r\n"
OURS = "Hello Ann,\n\nPlease send a screenshot.\n\nThe team"


def raw(body: str | bytes, content_type: str = "text/plain; charset=utf-8", *fields: str) -> bytes:
    """A mail with this body, as it is."""
    lines = "".join(f"{field}\r\n" for field in (f"Content-Type: {content_type}", *fields)).encode()
    return HEAD + lines + b"\r\n" + (body.encode() if isinstance(body, str) else body)


def plain() -> bytes:
    return raw("I still cannot log in.\r\n\r\nAnn\r\n")


def html_only() -> bytes:
    body = "<html><head><style>p {color: red}</style></head><body><p>I still <b>cannot</b> log in.</p><p>Åsa<br>from <a href='https://x.example/'>here</a></p><script>alert(1)</script></body></html>"
    return raw(body, "text/html; charset=utf-8")


def gmail() -> bytes:
    return raw(
        "Here it is.\r\n\r\nOn Mon, 23 Nov 2026 at 10:00, Vidare <help@localhost.test>\r\nwrote:\r\n\r\n> Hello Ann,\r\n>\r\n> Please send a screenshot.\r\n"
    )


def gmail_html() -> bytes:
    return raw(
        '<div dir="ltr">Here it is.</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Mon, 23 Nov 2026 at 10:00, Vidare &lt;help@localhost.test&gt; wrote:<br></div>'
        '<blockquote class="gmail_quote">Please send a screenshot.</blockquote></div>',
        "text/html",
    )


def gmail_swedish() -> bytes:
    return raw(
        "Här är den.\r\n\r\nDen mån 23 nov. 2026 kl 10:00 skrev Vidare <help@localhost.test>:\r\n\r\n> Please send a screenshot.\r\n"
    )


def outlook() -> bytes:
    return raw(
        "Here it is.\r\n\r\n________________________________\r\nFrom: Vidare <help@localhost.test>\r\nSent: Monday, 23 November 2026 10:00\r\nTo: Ann\r\nSubject: Your note\r\n\r\nPlease send a screenshot.\r\n"
    )


def outlook_swedish() -> bytes:
    return raw(
        "Här är den.\r\n\r\nFrån: Vidare <help@localhost.test>\r\nSkickat: den 23 november 2026 10:00\r\nTill: Ann\r\nÄmne: Your note\r\n\r\nPlease send a screenshot.\r\n"
    )


def outlook_html() -> bytes:
    return raw(
        '<html><body><div>Here it is.</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> Vidare<br><b>Sent:</b> Monday<br></div>'
        "<div>Please send a screenshot.</div></body></html>",
        "text/html; charset=utf-8",
    )


def outlook_original() -> bytes:
    return raw("Here it is.\r\n\r\n-----Original Message-----\r\nFrom: Vidare\r\n\r\nPlease send a screenshot.\r\n")


def apple() -> bytes:
    return raw(
        "Here it is.\r\n\r\n> On 23 Nov 2026, at 10:00, Vidare <help@localhost.test> wrote:\r\n> \r\n> Please send a screenshot.\r\n"
    )


def below_the_quote() -> bytes:
    return raw("On 23 Nov 2026 Vidare wrote:\r\n> Please send a screenshot.\r\n\r\nHere it is.\r\n")


def between_the_lines() -> bytes:
    return raw(
        "See below.\r\n\r\nOn 23 Nov 2026 Vidare wrote:\r\n> Which phone?\r\n\r\nA blue one.\r\n\r\n> Since when?\r\n\r\nYesterday.\r\n\r\n> The team\r\n"
    )


def latin() -> bytes:
    return raw("Jag kan inte logga in p\xe5 sidan".encode("latin-1"), "text/plain; charset=iso-8859-1")


def lying_charset() -> bytes:
    return raw("Jag kan inte logga in på sidan".encode(), "text/plain; charset=us-ascii")


def unknown_charset() -> bytes:
    return raw("Jag kan inte logga in p\xe5 sidan".encode("cp1252"), "text/plain; charset=x-nobody-knows")


def quoted_printable() -> bytes:
    return raw(
        "Jag kan inte logga in p=C3=A5 sidan=\r\n.",
        "text/plain; charset=utf-8",
        "Content-Transfer-Encoding: quoted-printable",
    )


def with_files(attached: Sequence[tuple[str, bytes]], text: str = "Here they are.") -> bytes:
    """A mail with these files, as the standard library writes it."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "ann@example.com", "reply@mail.localhost.test", "Re: Your note"
    message["Message-ID"] = "<files@example.com>"
    message.set_content(text)
    for name, body in attached:
        message.add_attachment(body, maintype="application", subtype="octet-stream", filename=name)
    return bytes(message)


def fifty_files() -> bytes:
    return with_files([(f"{number}.png", files.png()) for number in range(50)])


def nested() -> bytes:
    """Related within alternative within mixed: text, HTML with its logo, and a file."""
    message = EmailMessage()
    message["From"], message["Subject"] = "ann@example.com", "=?utf-8?q?B=C3=A5t?="
    message.set_content("Here it is.")
    message.add_alternative("<p>Here it is.</p><img src='cid:logo'>", subtype="html")
    html = message.get_payload()[1]  # type: ignore[index]
    html.add_related(files.png(), "image", "png", cid="<logo>")  # type: ignore[union-attr]
    message.add_attachment(files.PDF, maintype="application", subtype="pdf", filename="kvitto för båt.pdf")
    return bytes(message)


def winmail() -> bytes:
    return with_files([("winmail.dat", b"\x78\x9f\x3e\x22" + b"\x00" * 50)])


def forwarded_mail() -> bytes:
    inner = plain().decode()
    body = f"--b\r\nContent-Type: text/plain\r\n\r\nSee this.\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n--b--\r\n"
    return raw(body, 'multipart/mixed; boundary="b"')


def encoded_name() -> bytes:
    body = base64.encodebytes(files.png()).decode()
    part = f'--b\r\nContent-Type: image/png; name="=?utf-8?q?sk=C3=A4rm.png?="\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment\r\n\r\n{body}'
    return raw(f"--b\r\nContent-Type: text/plain\r\n\r\nHere.\r\n{part}\r\n--b--\r\n", 'multipart/mixed; boundary="b"')


def auto_reply() -> bytes:
    return raw("I am away until Monday.", "text/plain", "Auto-Submitted: auto-replied")


def from_list() -> bytes:
    return raw("News of the week.", "text/plain", "List-Id: <news.example.com>", "Precedence: list")


def report() -> bytes:
    return raw(
        "--b\r\nContent-Type: text/plain\r\n\r\nFailed.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n--b--\r\n",
        'multipart/report; report-type=delivery-status; boundary="b"',
    )


def no_boundary() -> bytes:
    return raw("--b\r\nContent-Type: text/plain\r\n\r\nText.\r\n--b--\r\n", "multipart/mixed")


def wrong_boundary() -> bytes:
    return raw("--b\r\nContent-Type: text/plain\r\n\r\nText.\r\n--b--\r\n", 'multipart/mixed; boundary="c"')


def no_header() -> bytes:
    return b"\r\n\r\njust words"


def huge_header() -> bytes:
    return (
        HEAD
        + b"X-Long: "
        + b"a" * 2_000_000
        + b"\r\nSubject: =?utf-8?q?"
        + b"=41" * 300_000
        + b"?=\r\n\r\nStill readable.\r\n"
    )


def deep() -> bytes:
    body = "".join(f"Content-Type: multipart/mixed; boundary=b{number}\r\n\r\n--b{number}\r\n" for number in range(500))
    return HEAD + body.encode() + b"Content-Type: text/plain\r\n\r\nDeep down.\r\n"


def ten_thousand_parts() -> bytes:
    body = "".join("--b\r\nContent-Type: text/plain\r\n\r\nx\r\n" for _ in range(10_000))
    return raw(body + "--b--\r\n", 'multipart/mixed; boundary="b"')


def invitation() -> bytes:
    """To a meeting, as Google and Outlook write it: with text, HTML and the calendar's own format."""
    event = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"
    parts = (
        "Content-Type: text/plain\r\n\r\nCan we talk?\r\n",
        "Content-Type: text/html\r\n\r\n<p>Can we talk?</p>\r\n",
        f'Content-Type: text/calendar; charset="utf-8"; method=REQUEST\r\n\r\n{event}',
    )
    return raw("".join(f"--b\r\n{part}" for part in parts) + "--b--\r\n", 'multipart/alternative; boundary="b"')


def signed() -> bytes:
    """By OpenPGP (RFC 3156): text and signature."""
    body = '--b\r\nContent-Type: text/plain\r\n\r\nIt is me.\r\n--b\r\nContent-Type: application/pgp-signature; name="signature.asc"\r\n\r\n-----BEGIN PGP SIGNATURE-----\r\n--b--\r\n'
    return raw(body, 'multipart/signed; micalg=pgp-sha256; protocol="application/pgp-signature"; boundary="b"')


def encrypted() -> bytes:
    """By OpenPGP (RFC 3156): nothing readable."""
    body = '--b\r\nContent-Type: application/pgp-encrypted; name="version.txt"\r\n\r\nVersion: 1\r\n--b\r\nContent-Type: application/octet-stream; name="encrypted.asc"\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n--b--\r\n'
    return raw(body, 'multipart/encrypted; protocol="application/pgp-encrypted"; boundary="b"')


def enveloped() -> bytes:
    """By S/MIME (RFC 8551): one part with everything in it."""
    return raw("MIAGCSqGSIb3DQEHA6CA", "application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m")


def only_a_file() -> bytes:
    return with_files([("a.png", files.png())], text="")
