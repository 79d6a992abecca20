"""The usual design, for comparison: commit the ticket, then `.delay()` a task; Celery as it comes, retries and all.

What most applications with Flask, PostgreSQL and Celery do, written carefully and small: the file goes to the store before the
commit, a task is sent after it, a failing task is retried with back-off, and each marks what it did. `make chaos` puts it to the
same trial as Vidare.
"""
