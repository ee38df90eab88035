"""Who is told, and how: one row an audience.

A new letter is its words in `rules` and its mention in `workflow`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from testfields.db.statements import Statement
from testfields.letters import queries, rules
from testfields.letters.rules import Audience, Words
from testfields.notifications.rules import Channel


@dataclass(frozen=True)
class Group:
    """All about one audience.

    `receivers` finds them by the number of the application, `page` is where they look at it, with the number after it,
    `names_company` whether they have to be told whose it is, `channels` the ways by which it reaches them.
    """

    words: Words
    receivers: Statement
    page: str
    names_company: bool
    channels: tuple[Channel, ...] = (Channel.MAIL,)


AUDIENCES: Mapping[Audience, Group] = {
    Audience.COMPANY: Group(rules.COMPANY, queries.COMPANY, "/my/reservations", names_company=False),
    Audience.STAFF: Group(rules.STAFF, queries.STAFF, "/desk", names_company=True),
}
