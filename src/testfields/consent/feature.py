"""Terms of use and the privacy notice, in versions, and who has agreed to which."""

from testfields.accounts.feature import FEATURE as ACCOUNTS
from testfields.consent.pages import pages
from testfields.consent.routes import router
from testfields.consent.tables import Consent, TermsVersion
from testfields.web.features import Feature

FEATURE = Feature(after=(ACCOUNTS,), api=(router,), pages=tuple(pages), tables=(TermsVersion, Consent))
