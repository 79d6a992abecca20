"""A world of its own for every scene, and the warm process that others are forked off."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Engine

from shared.settings import PlatformSettings
from shared.storage.object_store import ObjectStore
from tests.faults.crashes.forking import Forker
from tests.faults.crashes.scenario import World
from tests.faults.notify.peer import Peer
from tests.integration.triage.webhooks.conftest import receiving
from tests.servers_of_a_run import Servers


@pytest.fixture(scope="module")
def forker() -> Iterator[Forker]:
    made = Forker()
    yield made
    made.close()


@pytest.fixture(scope="module")
def own_store(settings: PlatformSettings, servers: Servers) -> ObjectStore:
    """A bucket that holds nothing but what a scene put there."""
    made = ObjectStore(replace(settings, s3_bucket=f"{servers.s3_bucket}-crashes"))
    made.ensure_bucket()
    return made


@pytest.fixture
def world(
    engine: Engine,
    environment: dict[str, str],
    own_store: ObjectStore,
    servers: Servers,
    forker: Forker,
) -> Iterator[World]:
    bucket = f"{servers.s3_bucket}-crashes"
    peer = Peer()
    with receiving() as receiver:
        given = {
            **environment,
            "VIDARE_S3_BUCKET": bucket,
            "VIDARE_SMTP_URL": peer.url,
            "VIDARE_WEBHOOK_ALLOW_PRIVATE": "1",
            "VIDARE_LIMIT_SUBMISSIONS": "",
        }
        made = World(engine, own_store, given, forker, peer, receiver)
        made.clear()
        yield made
    peer.close()
