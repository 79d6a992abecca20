"""The usual design, for comparison: commit the ticket, then `.delay()` a task; Celery with its defaults and retries.

What most applications with Flask, PostgreSQL and Celery do, small but carefully written: the file is stored before the commit, a
task is sent after it, a failing task is retried with back-off, and each marks what it did. `make chaos` tests it as it tests Vidare.
"""
