"""Limits of tasks that run in the worker's own process."""

import subprocess
import sys

import pytest

# Runs a task in the main thread, as a worker without children does.
PROGRAM = """
import sys, time
from shared.runtime.celery_app import make_celery
from shared.runtime.time_limits import limit_tasks
from shared.settings import PlatformSettings, read

celery = make_celery(read(PlatformSettings, {
    "VIDARE_DATABASE_URL": "postgresql://h/d", "VIDARE_REDIS_URL": "redis://127.0.0.1:1/0", "VIDARE_SECRET": "sixteen characters"}))
celery.conf.update(task_soft_time_limit=float(sys.argv[1]), task_time_limit=float(sys.argv[2]))
limit_tasks(celery)

def deaf():
    begun = time.monotonic()
    while time.monotonic() < begun + 60:
        try:
            time.sleep(60)
        except Exception:
            pass

tasks = {
    "slow": lambda: time.sleep(60),
    "deaf": deaf,
    "quick": lambda: None,
}

@celery.task(name="task", shared=False)
def task():
    tasks[sys.argv[3]]()

for _ in range(3):
    print(type(task.apply().result).__name__, flush=True)
"""


@pytest.mark.parametrize(
    ("soft", "hard", "task", "said", "status"),
    [
        (0.1, 60, "slow", ["SoftTimeLimitExceeded"] * 3, 0),
        (0.1, 0.3, "deaf", [], 1),
        (30, 60, "quick", ["NoneType"] * 3, 0),
    ],
)
def test_a_task_ends_at_its_limit(soft: float, hard: float, task: str, said: list[str], status: int) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(soft), str(hard), task], capture_output=True, text=True, timeout=30
    )
    assert (ran.stdout.split(), ran.returncode) == (said, status), ran.stderr
