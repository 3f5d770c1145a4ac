"""Logs for machines: one JSON object a line on standard error, ours and those of the libraries."""

from __future__ import annotations

import logging

from pellucid.errors import MissingExtraError

try:
    from pythonjsonlogger.json import JsonFormatter
except ImportError as error:
    missing = 'logs need python-json-logger: pip install "pellucid[call]"'
    raise MissingExtraError(missing) from error

NAMES = {"levelname": "level", "name": "logger", "message": "event"}


def to_stderr() -> None:
    """From now on, what Pellucid does is told, and what libraries warn of.

    A line has `time` (UTC, ISO 8601), `level`, `logger`, `event`, and what belongs to the event.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter(tuple(NAMES), rename_fields=NAMES, timestamp="time"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("pellucid").setLevel(logging.INFO)
    logging.captureWarnings(True)
