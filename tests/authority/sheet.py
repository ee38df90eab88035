"""docs/authority.md: the table of authority with the doors of each row, written from what is there.

uv run python -m tests.authority.sheet     writes it anew
"""

from collections.abc import Iterator
from pathlib import Path

from testfields.accounts.authority import May, To
from testfields.accounts.guards import rows_of_commands, rows_of_handlers, rows_of_jobs
from testfields.accounts.rules import ROLES, MemberRole, OrganisationKind
from testfields.app import create_app
from testfields.cli import cli
from testfields.reservations.rules import TRANSITIONS
from testfields.settings import load
from testfields.worker import APP

SHEET = Path(__file__).parents[2] / "docs" / "authority.md"
HEAD = """# Who may do what

Written by `uv run python -m tests.authority.sheet` from `src/testfields/accounts/authority.py` and from the row that
each handler, job and command names; a test compares it. A change here is a change of somebody's authority.

A company's people reach their own company's things, an owner's staff what lies on their own land, administrators
everything. In a browser people need no scope. *Hidden* rows let others through the door, where they find nothing.
"""
REACH = {
    OrganisationKind.COMPANY: "own company's",
    OrganisationKind.OWNER: "own land's",
    OrganisationKind.OPERATOR: "everything",
}


def sheet() -> str:
    """The whole page."""
    doors: dict[May, list[str]] = {may: [] for may in May}
    portal = create_app(load({"TESTFIELDS_DEMO": "1"}))
    for address, _, may in rows_of_handlers(portal):
        doors[may].append(f"`{address}`")
    for name, may in rows_of_jobs(APP.tasks):
        doors[may].append(f"job `{name}`")
    for words, may in rows_of_commands(cli):
        doors[may].append(f"`testfields {words}`")
    for (state, action), transition in TRANSITIONS.items():
        doors[transition.may].append(f"step {state or 'new'}, {action}")
    return "\n".join([HEAD, *(line for may in May for line in _row(may, sorted(doors[may])))])


def _row(may: May, doors: list[str]) -> Iterator[str]:
    row = may.value
    yield f"## {may.name}"
    yield f"{row.what}."
    yield ""
    for one in row.who:
        yield f"- {_people(one) if isinstance(one, To) else f'**{one}**'}"
    if any(one.roles is not None for one in row.people):
        yield f"- others: {f'“{row.refusal}”' if row.refusal else 'hidden'}"
    yield ""
    yield "Where:" if doors else "Asked for by services alone."
    yield from (f"- {door}" for door in doors)
    yield ""


def _people(to: To) -> str:
    token = f"a token needs `{to.scope}`" if to.scope else "no token will do"
    if to.roles is None:
        return f"**whoever is logged in**: their own; {token}"
    roles = [role for role in MemberRole if role in to.roles]
    reaches = dict.fromkeys(REACH[ROLES[role].kind] for role in roles)
    return f"**{', '.join(roles)}**: {' and '.join(reaches)}; {token}"


if __name__ == "__main__":
    SHEET.write_text(sheet(), encoding="utf-8")
