"""Refused and replayed posts: marked, and held to a bound of their own, so that neither costs the sender its notes."""

from flask import Flask, Response, g, request

from services.intake.api.sender import network
from services.intake.submissions.receive import Reception
from shared.errors import TooManyRequests
from shared.http.idempotency_key import REPLAYED
from shared.http.problems import answer_error

TOO_MANY = "Too many refused or repeated requests from your network. Please try again in a minute."
_REFUSED = {400, 401, 404, 409, 413, 415, 422}


def bound_refusals(app: Flask, reception: Reception) -> None:
    """Count refused and replayed posts by network; beyond the limit they are answered with 429."""
    limits, limiter = reception.settings.refused, reception.limiter

    def check(response: Response) -> Response:
        replayed = bool(g.get("replayed"))
        if replayed:
            response.headers[REPLAYED] = "true"
        if request.method != "POST" or not (replayed or response.status_code in _REFUSED):
            return response
        reservation = limiter.reserve((limits, ("refused", network())))
        if wait := max(reservation.waits):
            return app.make_response(answer_error(TooManyRequests(TOO_MANY, wait)))
        reservation.confirm()
        return response

    app.after_request(check)
