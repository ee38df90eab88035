"""Claims and free time."""

from testfields.availability import kinds
from testfields.availability.routes import router
from testfields.availability.tables import Claim, SiteLock
from testfields.sites.feature import FEATURE as SITES
from testfields.web.features import Feature

FEATURE = Feature(after=(SITES,), api=(router,), tables=(SiteLock, Claim), sets=kinds.SQL)
