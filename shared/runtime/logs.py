"""Logs: one JSON object a line, with the correlation id, without bodies and addresses."""

import logging
import sys
from typing import Any

import structlog


def configure(level: str, process: str) -> None:
    """Send structlog and the standard library's loggers to standard error as JSON lines.

    `level` is debug, info, warning or error; `process` names the writer in every line.
    """
    shared_processors: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        _name(process),
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared_processors,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared_processors,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())


def _name(process: str) -> structlog.typing.Processor:
    """A processor that adds the process's name to every line, on every thread."""

    def name(_: Any, __: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
        line["process"] = process
        return line

    return name


def quieten(*names: str) -> None:
    """Let these loggers write warnings and errors only: a line for each run of each tick would hide everything else."""
    for name in names:
        logging.getLogger(name).setLevel(logging.WARNING)


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of a module; pass `__name__`."""
    bound: structlog.stdlib.BoundLogger = structlog.get_logger(name)
    return bound


# Before `configure`, and in commands that never call it: standard output is for the result, as of `vidare mails raw`.
structlog.configure(logger_factory=lambda *_: structlog.PrintLogger(sys.stderr))
