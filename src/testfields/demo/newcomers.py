"""Who has just come: a company that waits to be verified, and a colleague who has not answered an invitation yet."""

from datetime import datetime

from testfields.accounts import ways_in
from testfields.accounts.rules import Actor, MemberRole
from testfields.consent import service as consent
from testfields.consent.rules import Agreed
from testfields.core.errors import NotFound
from testfields.joining import entering, inviting, registering
from testfields.joining.inviting import NewInvitation
from testfields.joining.registering import NewCompany

NEWCOMER = NewCompany(
    email="hello@newcomer.example",
    name_ja="見本モビリティ合同会社",
    kana="ミホンモビリティゴウドウガイシャ",
    name_en="Sample Mobility LLC",
    address="大阪市西区見本町1-2-3",
    wish="公園内の園路で、低速の搬送ロボットを歩行者と一緒に走らせて、譲り合いの動きを確かめたい。",
)
COLLEAGUE = "colleague@demo.example"


async def come(manager: Actor, password: str, now: datetime) -> None:
    """Play both, each through the link that its mail would bring."""
    secret = await ways_in.new_secret(await registering.register(NEWCOMER, "ja", "127.0.0.1", now), now)
    if secret is None:
        raise NotFound(ways_in.OVER)
    agreed = Agreed({one.kind: one.version for one in await consent.current(now)}, "ja")
    await entering.as_new(secret, "新規 担当", password, agreed, now)
    await inviting.invite(manager, NewInvitation(COLLEAGUE, manager.companies[0], [MemberRole.MEMBER]), now)
