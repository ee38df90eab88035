"""Clearing away the files that nothing uses any more."""

from testfields.documents import service
from testfields.documents.files import files_of
from testfields.web.features import Settings


async def clear_away(settings: Settings) -> None:
    """Once a day."""
    await service.clear_away(files_of(settings.data))
