"""Who may open a stream, when it ends, and what else the process answers."""

import socket
from uuid import UUID

from services.triage.live.tokens import make_live_token
from shared.auth.credentials import Credential
from shared.auth.sessions import end_session, start_session
from shared.auth.tokens import hash_token
from shared.auth.users import disable, find_user, set_teams
from tests.faults.served import served
from tests.integration.triage.conftest import Caller, People, Triage
from tests.integration.triage.live.conftest import Live, token_of
from tests.polling import eventually

# The streams are checked every 15 s; the contract promises 60.
ENDS_WITHIN = 60.0


def id_of(triage: Triage, caller: Caller) -> UUID:
    with triage.engine.begin() as connection:
        return find_user(connection, caller.email).id


def test_a_token_opens_one_stream(live: Live, people: People, triage: Triage) -> None:
    token = token_of(people("agent", "ads"))
    reader = live.read(None, f"/v1/live?token={token}")
    reader.wait_for("ticket.changed", reference=triage.submit("ads/metrics"))
    assert live.status(f"/v1/live?token={token}") == 401


def test_a_token_is_valid_for_a_minute(live: Live, people: People, triage: Triage) -> None:
    token = token_of(people("agent", "ads"))
    [row] = triage.rows("select extract(epoch from expires_at - clock_timestamp()) as left from triage.live_tokens")
    assert 50 < row.left <= 60
    triage.rows("update triage.live_tokens set expires_at = clock_timestamp()")
    assert live.status(f"/v1/live?token={token}") == 401
    token_of(people("agent", "ads"))
    assert triage.rows("select count(*) as n from triage.live_tokens")[0].n == 1


def test_a_repeated_request_makes_no_second_token(people: People, triage: Triage) -> None:
    agent = people("agent", "ads")
    agent.headers["Idempotency-Key"] = "once"
    assert token_of(agent)
    again = agent("POST", "/v1/live/tokens")
    assert (again.status_code, again.json) == (201, {"token": None})
    assert again.headers["Idempotency-Replayed"] == "true"
    assert triage.rows("select count(*) as n from triage.live_tokens")[0].n == 1


def test_only_accounts_open_streams(live: Live, people: People) -> None:
    for headers in ({}, {"Authorization": "Bearer vid_wrong"}, {"Authorization": "Basic x"}, {"Cookie": "vidare=x"}):
        connection, answer = live.ask(headers=headers)
        assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert answer.headers["Content-Type"] == "application/problem+json"
        connection.close()
    assert live.status("/v1/live?token=wrong") == 401
    assert people.app.test_client().post("/v1/live/tokens").status_code == 401


def test_a_bound_token_reads_its_teams_alone(live: Live, people: People, triage: Triage) -> None:
    bound = people("admin", scopes=("read", "team:billing"))
    readers = [live.read(bound), live.read(None, f"/v1/live?token={token_of(bound)}")]
    triage.submit("ads/metrics")
    reference = triage.submit("billing/receipt")
    for reader in readers:
        reader.wait_for("ticket.changed", reference=reference)
        assert [one["reference"] for one in reader.of("ticket.changed")] == [reference]


def test_streams_end_with_session_account_token_and_membership(live: Live, people: People, triage: Triage) -> None:
    stays, closed, revoked, moved, signed_out = (people("agent", "ads") for _ in range(5))
    with triage.engine.begin() as connection:
        account = id_of(triage, signed_out)
        session = start_session(connection, account)
        of_session = make_live_token(connection, account, Credential("session", hash_token(session)))
    readers = {one.name: live.read(one) for one in (stays, closed, revoked, moved)}
    others = [live.read(None, f"/v1/live?token={token}") for token in (token_of(closed), of_session)]
    with triage.engine.begin() as connection:
        disable(connection, id_of(triage, closed))
        set_teams(connection, id_of(triage, moved), ["billing"])
        end_session(connection, session)
    triage.rows("update auth.tokens set revoked_at = now() where user_id = :id", id=id_of(triage, revoked))
    ended = [readers[one.name] for one in (closed, revoked, moved)] + others
    eventually(lambda: all(one.is_over for one in ended), within=ENDS_WITHIN)
    readers[stays.name].wait_for("ticket.changed", reference=triage.submit("ads/metrics"))


def test_only_the_consoles_origin_may_read(live: Live, people: People) -> None:
    ours, theirs = "http://127.0.0.1:8001", "https://evil.example"
    for origin, allowed in ((ours, ours), (theirs, None)):
        asked = {"Origin": origin, "Access-Control-Request-Method": "GET"}
        connection, answer = live.ask(headers=asked, method="OPTIONS")
        assert answer.headers["Access-Control-Allow-Origin"] == allowed
        assert answer.headers["Access-Control-Allow-Credentials"] is None
        connection.close()
        reader = live.read(people("agent", "ads"), Origin=origin)
        assert reader.answer.headers["Access-Control-Allow-Origin"] == allowed
        assert reader.answer.headers["Set-Cookie"] is None
        connection, answer = live.ask(headers={"Origin": origin})
        assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (401, allowed)
        connection.close()


def test_an_account_has_a_limited_number_of_streams(
    environment: dict[str, str], people: People, triage: Triage
) -> None:
    with served("live", environment, VIDARE_LIVE_STREAMS="2") as process:
        live = Live(process)
        agent, other = people("agent", "ads"), people("agent", "ads")
        readers = [live.read(agent), live.read(agent), live.read(other)]
        connection, answer = live.ask(headers=agent.headers)
        assert (answer.status, answer.headers["Retry-After"]) == (429, "30")
        connection.close()
        readers[0].close()
        eventually(lambda: live.status(headers=agent.headers) == 200)
        for reader in readers[1:]:
            reader.close()


def test_a_reader_that_does_not_read_is_dropped(environment: dict[str, str], people: People, triage: Triage) -> None:
    agent = people("agent", "ads")
    copies(triage, triage.submit("ads/metrics"), 2_000)
    with served("live", environment) as process:
        live = Live(process)
        reader = live.read(people("agent", "ads"))
        with socket.create_connection(("127.0.0.1", process.port)) as silent:
            request = f"GET /v1/live HTTP/1.1\r\nHost: x\r\nAuthorization: {agent.headers['Authorization']}\r\n\r\n"
            silent.sendall(request.encode())
            eventually(lambda: metric(live, "vidare_live_streams") == 2)
            before = metric(live, "process_resident_memory_bytes")

            def dropped() -> bool:
                triage.rows(
                    "insert into triage.timeline (ticket, kind) select reference, 'breach_near' from triage.tickets"
                )
                return metric(live, "vidare_live_dropped_total") == 1

            eventually(dropped, within=60.0)
            assert metric(live, "process_resident_memory_bytes") - before < 50_000_000
            reader.wait_for("ticket.changed", reference=triage.submit("ads/metrics"))
        reader.close()


def copies(triage: Triage, reference: str, count: int) -> None:
    """So many tickets that are like this one."""
    columns = triage.rows("""
        select string_agg(column_name, ', ') as names from information_schema.columns
        where table_schema = 'triage' and table_name = 'tickets' and column_name <> 'reference'
          and is_generated = 'NEVER' and is_identity = 'NO'
    """)[0].names
    triage.rows(
        f"insert into triage.tickets (reference, {columns}) select 'T-' || number, {columns}"  # our own names
        " from triage.tickets, generate_series(1, :count) as number where reference = :reference",
        count=count,
        reference=reference,
    )


def metric(live: Live, name: str) -> float:
    connection, answer = live.ask("/metrics")
    lines = answer.read().decode().splitlines()
    connection.close()
    return next(float(line.split()[1]) for line in lines if line.startswith(f"{name} "))


def test_health_and_unknown_pages(live: Live, people: People) -> None:
    assert [live.status(path) for path in ("/livez", "/readyz", "/metrics")] == [200, 200, 200]
    assert [live.status(path) for path in ("/", "/v1/tickets", "/v1/live/tokens")] == [404, 404, 404]
    connection, answer = live.ask("/metrics")
    assert b"process_resident_memory_bytes" in answer.read()
    connection.close()


def test_metrics_ask_for_their_token(environment: dict[str, str], people: People) -> None:
    with served("live", environment, VIDARE_METRICS_TOKEN="secret") as process:
        live = Live(process)
        assert live.status("/metrics") == 401
        assert live.status("/metrics", {"Authorization": "Bearer secret"}) == 200


def test_it_ends_soon_though_streams_are_open(environment: dict[str, str], people: People) -> None:
    with served("live", environment) as process:
        reader = Live(process).read(people("agent", "ads"))
    assert eventually(lambda: reader.is_over)
