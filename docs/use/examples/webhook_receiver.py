"""Receives a team's webhooks and accepts only signed calls. Needs only Python's standard library.

WEBHOOK_SECRET=… python webhook_receiver.py 9000
"""

import hashlib
import hmac
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = os.environ["WEBHOOK_SECRET"].encode()
# Older calls are refused: they may be recorded and replayed.
OLDEST_SECONDS = 300


def is_genuine(header: str, body: bytes, now: float) -> bool:
    """Whether `Vidare-Signature: t=<unix>,v1=<hex HMAC-SHA256 of "t.body">` was made with our secret within OLDEST_SECONDS."""
    parts = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    sent, signature = parts.get("t", ""), parts.get("v1", "")
    if not sent.isdigit() or abs(now - int(sent)) > OLDEST_SECONDS:
        return False
    expected = hmac.new(SECRET, f"{sent}.".encode() + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, signature)


class Receiver(BaseHTTPRequestHandler):
    """Answers 204 to genuine calls. After any other answer, or none, Vidare repeats the call, for days."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        genuine = is_genuine(self.headers.get("Vidare-Signature", ""), body, time.time())
        self.send_response(204 if genuine else 401)
        self.end_headers()
        if genuine:
            call = json.loads(body)
            print(f"{call['event']} {call['ticket']['reference']}", flush=True)

    def log_message(self, *_: object) -> None:
        """No access log."""


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
