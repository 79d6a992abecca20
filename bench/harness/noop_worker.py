"""The ceiling of everything that a Celery worker does: tasks that do nothing.

`python -m bench.harness.noop_worker`, on VIDARE_REDIS_URL.
"""

import os

from celery import Celery

QUEUE, NOOP = "noop", "bench.noop"


def make_app(redis_url: str) -> Celery:
    """Celery with its defaults, but without results: messages are prefetched, and acknowledged when begun."""
    app = Celery("noop", broker=redis_url, set_as_current=False)
    app.conf.update(task_ignore_result=True, task_default_queue=QUEUE)

    @app.task(name=NOOP)  # type: ignore[untyped-decorator]
    def noop(number: int) -> None:
        pass

    return app


if __name__ == "__main__":
    make_app(os.environ["VIDARE_REDIS_URL"]).worker_main(
        ["worker", "--concurrency=2", "--pool=prefork", "--loglevel=ERROR"]
    )
