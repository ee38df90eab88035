"""The ways in: a new password by mail, invitations, and who somebody is in an organisation."""

from testfields.accounts.feature import FEATURE as ACCOUNTS
from testfields.joining.company_pages import pages as company_pages
from testfields.joining.deputy_pages import pages as deputy_pages
from testfields.joining.deputy_routes import router as deputies
from testfields.joining.jobs import TASKS
from testfields.joining.pages import pages
from testfields.joining.registering import LONGEST_WISH
from testfields.joining.routes import router
from testfields.joining.tables import Registration
from testfields.joining.team_pages import pages as team_pages
from testfields.web.features import Feature

FEATURE = Feature(
    after=(ACCOUNTS,),
    api=(router, deputies),
    pages=(*pages, *team_pages, *company_pages, *deputy_pages),
    in_templates=lambda _settings: {"longest_wish": LONGEST_WISH},
    tasks=TASKS,
    tables=(Registration,),
)
