"""A file that passed is kept when another field is wrong: for an hour, for that page alone, within bounds."""

import re
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from services.intake.attachments.staged import MOST_OF_NETWORK, sweep_staged
from shared.attachments.check import check_file
from shared.storage.object_store import ObjectStore
from tests.integration.intake.web.conftest import Send, token_in
from tests.samples import files


def kept_in(page: str) -> str | None:
    found = re.search(r'name="kept_file" value="([^"]+)"', page)
    return found[1] if found else None


def proof(name: str = "proof.png") -> tuple[BytesIO, str]:
    return BytesIO(files.png()), name


def rows(engine: Engine, table: str = "staged_uploads") -> list[str]:
    with engine.connect() as connection:
        return [str(name) for name in connection.execute(text(f"select object from intake.{table}")).scalars()]


def expire(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("update intake.staged_uploads set staged_at = staged_at - interval '61 minutes'"))


def test_a_file_beside_another_error_is_shown_and_sent_with_the_next_try(
    browser: FlaskClient, send: Send, engine: Engine
) -> None:
    page = send("account/content-removed", email="", attachment=proof("min bild.png"))
    assert page.status_code == 422
    assert "min bild.png" in page.text
    assert "1 KB" in page.text
    assert 'type="file"' not in page.text
    answer = send("account/content-removed", token=token_in(page), kept_file=kept_in(page.text))
    assert answer.status_code == 303
    assert "min bild.png" in browser.get(answer.location).text
    with engine.connect() as connection:
        row = connection.execute(text("select name, media_type, sha256 from intake.attachments")).one()
    assert tuple(row) == ("min bild.png", "image/png", check_file("a.png", files.png()).sha256)


def test_it_stays_while_more_is_corrected_and_after_a_change_of_language(send: Send) -> None:
    token = kept_in(send("account/login", email="", attachment=proof()).text)
    assert token
    assert kept_in(send("account/login", email="nix", kept_file=token).text) == token
    assert kept_in(send("account/login", query="?lang=sv", only_language="1", kept_file=token).text) == token


def test_a_file_is_kept_when_only_the_language_is_changed(send: Send) -> None:
    page = send("account/login", query="?lang=sv", only_language="1", attachment=proof())
    assert kept_in(page.text)
    assert "Ta bort" in page.text


def test_remove_forgets_it_and_sends_nothing(send: Send, engine: Engine, store: ObjectStore) -> None:
    page = send("account/login", email="", name="Anna", attachment=proof())
    [name] = rows(engine)
    page = send("account/login", name="Anna", kept_file=kept_in(page.text), remove_file="1")
    assert page.status_code == 200
    assert kept_in(page.text) is None
    assert 'value="Anna"' in page.text
    assert 'type="file"' in page.text
    assert rows(engine) == []
    assert not store.exists(name)
    with engine.connect() as connection:
        assert connection.execute(text("select count(*) from intake.submissions")).scalar_one() == 0


def test_another_file_replaces_it(browser: FlaskClient, send: Send, engine: Engine) -> None:
    token = kept_in(send("account/login", email="", attachment=proof()).text)
    page = send("account/login", email="", kept_file=token, attachment=proof("other.png"))
    assert "other.png" in page.text
    assert "proof.png" not in page.text
    assert len(rows(engine)) == 1
    receipt = browser.get(send("account/login", kept_file=kept_in(page.text)).location).text
    assert "other.png" in receipt


def test_an_edited_form_after_back_has_the_file_too(browser: FlaskClient, send: Send, engine: Engine) -> None:
    token = kept_in(send("account/login", email="", attachment=proof()).text)
    for words in ("first", "second"):
        answer = send("account/login", message=words, kept_file=token)
        assert "proof.png" in browser.get(answer.location).text
    assert len(set(rows(engine, "attachments"))) == 2


def test_after_an_hour_it_is_asked_for_again_and_nothing_is_sent_without_it(send: Send, engine: Engine) -> None:
    token = kept_in(send("account/login", email="", attachment=proof()).text)
    expire(engine)
    page = send("account/login", kept_file=token)
    assert page.status_code == 422
    assert "Please choose it once more." in page.text
    assert 'type="file"' in page.text


def test_a_token_that_nobody_was_given_opens_nothing(send: Send) -> None:
    send("account/login", email="", attachment=proof())
    page = send("account/login", kept_file="guessed")
    assert page.status_code == 422
    assert "proof.png" not in page.text


def test_an_invalid_file_is_not_kept(send: Send, engine: Engine) -> None:
    page = send("account/login", email="", attachment=(BytesIO(files.html()), "proof.png"))
    assert kept_in(page.text) is None
    assert rows(engine) == []


def test_one_network_cannot_fill_the_disk(send: Send, engine: Engine) -> None:
    for number in range(MOST_OF_NETWORK):
        assert kept_in(send("account/login", email="", attachment=proof(f"{number}.png")).text)
    page = send("account/login", email="", attachment=proof())
    assert kept_in(page.text) is None
    assert "Please choose your file once more: we could not keep it." in page.text
    assert len(rows(engine)) == MOST_OF_NETWORK


def test_all_networks_together_cannot_fill_the_disk(
    send: Send, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.intake.attachments.staged.MOST_IN_ALL", 1)
    with engine.begin() as connection:
        connection.execute(
            text(
                "insert into intake.staged_uploads (id, holder, network, object, name, media_type, size, sha256)"
                " values (gen_random_uuid(), 'x', '198.51.100.7', 'attachments/x', 'x', 'image/png', 1, 'x')"
            )
        )
    assert kept_in(send("account/login", email="", attachment=proof()).text) is None


def test_the_sweep_takes_what_is_old_and_nothing_else(send: Send, engine: Engine, store: ObjectStore) -> None:
    send("account/login", email="", attachment=proof())
    expire(engine)
    [old] = rows(engine)
    send("account/login", email="", attachment=proof("young.png"))
    [young] = set(rows(engine)) - {old}
    sweep_staged(engine, store)
    assert rows(engine) == [young]
    assert not store.exists(old)
    assert store.exists(young)


def test_a_follow_up_keeps_its_file_too(browser: FlaskClient, send: Send) -> None:
    receipt = send("account/login").location
    path, key = receipt.split("?key=")
    given = {"key": key, "message": "x" * 10_001, "attachment": proof()}
    page = browser.post(f"{path}/follow-ups", data=given, content_type="multipart/form-data")
    token = kept_in(page.text)
    assert token
    removed = browser.post(
        f"{path}/follow-ups", data={"key": key, "message": "m", "kept_file": token, "remove_file": 1}
    )
    assert kept_in(removed.text) is None
    page = browser.post(
        f"{path}/follow-ups", data=given | {"attachment": proof("b.png")}, content_type="multipart/form-data"
    )
    answer = browser.post(f"{path}/follow-ups", data={"key": key, "kept_file": kept_in(page.text)})
    assert answer.status_code == 303
    assert "b.png" in browser.get(answer.location).text
