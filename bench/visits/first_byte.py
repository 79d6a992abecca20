"""Time to the first byte of a running intake's pages: `python -m bench.visits.first_byte http://127.0.0.1:8000`."""

import http.client
import statistics
import sys
import time
from urllib.parse import urlsplit

PATHS = ("/help", "/help/account/login", "/help/account/login/note", "/help/business/buyable-pins/note")
LANGUAGES = ("en", "sv")
WARM_UP, MEASURED = 20, 200


def first_bytes(connection: http.client.HTTPConnection, path: str, language: str, times: int) -> list[float]:
    """Milliseconds to the first byte, one request after the other. Raises ValueError for a status other than 200."""
    measured = []
    for _ in range(times):
        began = time.perf_counter()
        connection.request("GET", path, headers={"Accept": "text/html", "Accept-Language": language})
        answer = connection.getresponse()
        measured.append((time.perf_counter() - began) * 1000)
        answer.read()
        if answer.status != 200:
            raise ValueError(f"{path}: {answer.status}")
    return measured


def main(address: str) -> None:
    """Print a row for each page and language."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)
    print(f"{'page':36} {'':2}  median ms  p90 ms")
    for path in PATHS:
        for language in LANGUAGES:
            first_bytes(connection, path, language, WARM_UP)
            measured = sorted(first_bytes(connection, path, language, MEASURED))
            print(f"{path:36} {language}  {statistics.median(measured):9.1f}  {measured[MEASURED * 9 // 10]:6.1f}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
