"""/livez, /readyz and /metrics, the same in every service."""

import hmac
import os
from collections.abc import Callable, Iterable, Mapping

import marshmallow as ma
import structlog
from flask import Response, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import Engine, text

from shared.errors import Unauthenticated
from shared.http.arguments import Blueprint
from shared.http.problems import RETRY_AFTER, problem

Check = Callable[[], object]

log = structlog.get_logger(__name__)


class HealthSchema(ma.Schema):
    """The answer of /livez and /readyz."""

    status = ma.fields.String(required=True, validate=ma.validate.OneOf(["ok"]))


def postgres_check(engine: Engine) -> Check:
    """A check that raises when PostgreSQL does not answer."""

    def check() -> None:
        with engine.connect() as connection:
            connection.execute(text("select 1"))

    return check


def make_blueprint(
    checks: Mapping[str, Check], metrics_token: str = "", collectors: Iterable[Collector] = ()
) -> Blueprint:
    """The three routes. `checks`: what must work before requests are sent here, each raises when it does not.

    With a `metrics_token`, /metrics asks for it as a bearer token. `collectors` are read at each scrape, in addition to the process's
    own metrics.
    """
    blueprint = Blueprint("health", __name__, description="For load balancers and monitoring")
    own = CollectorRegistry()
    for collector in collectors:
        own.register(collector)

    @blueprint.route("/livez")
    @blueprint.response(200, HealthSchema)
    def live() -> dict[str, str]:
        """Whether the process answers."""
        return {"status": "ok"}

    @blueprint.route("/readyz")
    @blueprint.response(200, HealthSchema)
    @blueprint.alt_response(503, "SERVICE_UNAVAILABLE")
    def ready() -> ResponseReturnValue:
        """Whether everything that it needs answers."""
        failing = [name for name, check in checks.items() if not _passes(name, check)]
        if failing:
            return problem(503, f"Not answering: {', '.join(failing)}.", headers={"Retry-After": str(RETRY_AFTER)})
        return {"status": "ok"}

    @blueprint.route("/metrics")
    @blueprint.response(200, {"type": "string"}, content_type=CONTENT_TYPE_LATEST.split(";")[0])
    @blueprint.alt_response(401, "UNAUTHORIZED")
    def metrics() -> Response:
        """Prometheus metrics of all processes that serve this address."""
        wanted = f"Bearer {metrics_token}"
        if metrics_token and not hmac.compare_digest(
            request.headers.get("Authorization", "").encode(), wanted.encode()
        ):
            raise Unauthenticated("The metrics need their token.")
        return Response(_exposition() + generate_latest(own), content_type=CONTENT_TYPE_LATEST)

    return blueprint


def _passes(name: str, check: Check) -> bool:
    try:
        check()
    except Exception as error:  # any error means not ready
        log.warning("not ready", check=name, error=type(error).__name__)
        return False
    return True


def _exposition() -> bytes:
    """Prometheus's text format; with several workers behind one address, the sum of them all."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
