"""The object store, against a real S3 server."""

import dataclasses
import re
import time

import pytest
import requests

from local.servers.server import Server
from shared.errors import TransientError
from shared.settings import PlatformSettings
from shared.storage.object_store import NoSuchObject, ObjectStore, new_object_name


@pytest.fixture
def store(settings: PlatformSettings) -> ObjectStore:
    made = ObjectStore(settings)
    made.ensure_bucket()
    return made


def test_what_was_put_comes_back(store: ObjectStore) -> None:
    name = new_object_name("trial")
    store.put(name, b"\x00\xffbytes", "image/png")
    assert store.get(name) == b"\x00\xffbytes"
    assert store.exists(name)
    assert (name in {key for key, _ in store.list_objects("trial")}) is True
    store.delete(name)
    store.delete(name)
    assert not store.exists(name)


def test_a_missing_object_is_told_apart_from_an_outage(store: ObjectStore) -> None:
    with pytest.raises(NoSuchObject):
        store.get("trial/never-put")


def test_a_link_downloads_under_the_files_name_and_only_when_signed(store: ObjectStore) -> None:
    name = new_object_name("trial")
    store.put(name, b"<html>", "application/pdf")
    link = store.presign(name, 'räk"ning\r\n.pdf', 300, "application/pdf")
    answer = requests.get(link, timeout=30)
    assert answer.content == b"<html>"
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment;")
    assert "r%C3%A4k%22ning%0D%0A.pdf" in disposition
    assert answer.headers["Content-Type"] == "application/pdf"
    assert requests.get(link.split("?")[0], timeout=30).status_code in (400, 401, 403)


def test_no_link_lives_longer_than_five_minutes(store: ObjectStore) -> None:
    link = store.presign("trial/x", "x", 86_400, "image/png")
    assert re.search(r"X-Amz-Expires=300\b", link)


def test_links_are_signed_for_the_public_address(settings: PlatformSettings) -> None:
    public = ObjectStore(dataclasses.replace(settings, s3_public_url="https://files.example.com"))
    assert public.presign("trial/x", "x", 60, "image/png").startswith("https://files.example.com/")


def test_making_the_bucket_twice_is_harmless(settings: PlatformSettings) -> None:
    store = ObjectStore(settings)
    store.ensure_bucket()
    store.ensure_bucket()
    store.check()


def test_an_outage_is_transient_and_noticed_in_seconds(settings: PlatformSettings, own_object_store: Server) -> None:
    store = ObjectStore(dataclasses.replace(settings, s3_url=own_object_store.url))
    store.put("trial/before", b"1", "image/png")
    own_object_store.kill()
    started = time.monotonic()
    with pytest.raises(TransientError):
        store.put("trial/during", b"2", "image/png")
    assert time.monotonic() - started < 60, "boto3's own defaults wait for minutes"
    own_object_store.start()
    store.put("trial/after", b"3", "image/png")
    assert store.get("trial/before") == b"1"


def test_names_are_never_used_twice() -> None:
    assert len({new_object_name("trial") for _ in range(1000)}) == 1000


def test_objects_come_by_name_from_any_name_on(settings: PlatformSettings) -> None:
    store = ObjectStore(settings)
    for name in ("b", "a", "c"):
        store.put(f"folder/{name}", b"1", "image/png")
    assert [name for name, _ in store.list_objects("folder")] == ["folder/a", "folder/b", "folder/c"]
    assert [name for name, _ in store.list_objects("folder", after="folder/a5")] == ["folder/b", "folder/c"]
