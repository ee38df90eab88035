"""The one place that reads the time. Rules never do: they are given `now`."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present instant in UTC."""
    return datetime.now(UTC)
