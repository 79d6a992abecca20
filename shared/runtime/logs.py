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
    """Names the writer in every line, of whatever thread it is."""

    def name(_: Any, __: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
        line["process"] = process
        return line

    return name


def quieten(*names: str) -> None:
    """Let these loggers speak of trouble only: a line for each tick of each timer would hide everything else."""
    for name in names:
        logging.getLogger(name).setLevel(logging.WARNING)


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of a module; pass `__name__`."""
    bound: structlog.stdlib.BoundLogger = structlog.get_logger(name)
    return bound


# Before `configure`, and in a command that never calls it: standard output is for what was asked, as `vidare mails raw`.
structlog.configure(logger_factory=lambda *_: structlog.PrintLogger(sys.stderr))
