"""What takes a processor long is done one after the other, and only a few wait for it."""

import asyncio
import time

from testfields.db.outages import Crowded
from testfields.web.hands import MOST_WAITING, Hand


async def test_one_is_done_after_the_other_and_only_a_few_wait() -> None:
    hand, at_work, most = Hand("test"), 0, 0

    def work(number: int) -> int:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        time.sleep(0.005)
        at_work -= 1
        return number

    done = await asyncio.gather(*(hand.do(work, one) for one in range(MOST_WAITING + 5)), return_exceptions=True)
    assert done[:MOST_WAITING] == list(range(MOST_WAITING))
    assert [type(one) for one in done[MOST_WAITING:]] == [Crowded] * 5
    assert most == 1
    assert await hand.do(work, 7) == 7


async def test_what_fails_makes_room_for_the_next() -> None:
    hand = Hand("test")
    failed = await asyncio.gather(*(hand.do(int, "x") for _ in range(MOST_WAITING)), return_exceptions=True)
    assert {type(one) for one in failed} == {ValueError}
    assert await hand.do(int, "3") == 3
