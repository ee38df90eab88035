"""Locking somebody out, told what is open and who is left."""

from testfields.accounts.commands import people
from testfields.leaving.commands import lock_out
from testfields.leaving.pages import pages
from testfields.leaving.routes import router
from testfields.web.features import Feature

FEATURE = Feature(api=(router,), pages=pages, subcommands=((people, lock_out),))
