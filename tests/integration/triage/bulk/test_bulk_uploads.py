"""Files of a bulk: each of its tickets gets them, nothing else does."""

from tests.integration.triage.bulk.conftest import RESOLUTION, Bulks
from tests.integration.triage.conftest import Caller, People, Triage
from tests.integration.triage.uploads.conftest import attached, upload

# Fixtures.
from tests.integration.triage.uploads.conftest import decoders, slow_worker, store  # noqa: F401  # isort: skip
from tests.integration.triage.uploads.conftest import SlowWorker  # isort: skip


def test_a_reply_uses_its_files_for_all_its_tickets(
    ads: Caller,
    triage: Triage,
    bulks: Bulks,
    slow_worker: SlowWorker,  # noqa: F811
) -> None:
    file = upload(ads)
    references = [triage.submit() for _ in range(3)]
    bulk = bulks.do(ads, references, {"kind": "reply", "message": "As in the file.", "attachments": [file]})
    assert set(bulks.results(ads, bulk).values()) == {("done", None)}
    slow_worker.clean()
    assert slow_worker.send() == 3
    for reference in references:
        [one] = attached(triage, reference)
        assert one.state == "not_scanned"
        [told] = triage.told(reference, "TicketAnswered")
        assert [each["id"] for each in told["attachments"]] == [str(one.id)]
    answer = ads.post(f"/v1/tickets/{triage.submit()}/replies", {"message": "x", "attachments": [file]}, 422)
    assert set(answer["errors"]) == {"attachments"}


def test_a_used_or_foreign_file_starts_nothing(
    ads: Caller,
    people: People,
    triage: Triage,
    bulks: Bulks,
    slow_worker: SlowWorker,  # noqa: F811
) -> None:
    used, foreign = upload(ads), upload(people("agent", "ads"))
    bulks.start(ads, ["T-0"], {"kind": "reply", "message": "x", "attachments": [used]})
    for file in (used, foreign):
        body = {"references": ["T-0"], "action": {"kind": "reply", "message": "x", "attachments": [file]}}
        assert set(ads.post("/v1/tickets/bulk", body, 422)["errors"]) == {"action.attachments"}
    assert len(triage.rows("select id from triage.bulks")) == 1


def test_a_resolution_waits_for_both_its_file_and_the_window(
    ads: Caller,
    triage: Triage,
    bulks: Bulks,
    slow_worker: SlowWorker,  # noqa: F811
) -> None:
    reference = triage.submit()
    bulks.do(ads, [reference], {**RESOLUTION, "attachments": [upload(ads)]})
    slow_worker.clean()
    assert slow_worker.send() == 0
    triage.rows("update triage.unsent_messages set not_before = now()")
    assert slow_worker.send() == 1
