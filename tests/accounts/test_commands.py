"""What the administrator types."""

import asyncio

from click import Group
from click.testing import CliRunner

from testfields.accounts import service
from testfields.accounts.access import allowed
from testfields.accounts.authority import May
from testfields.accounts.commands import owners, people
from testfields.accounts.tables import Organisation, Person
from testfields.core.clock import now
from tests.accounts.people import PASSWORD


async def create_admin(*words: str, password: str = PASSWORD) -> tuple[int, str]:
    return await type_in(people, "create-admin", *words, line=password)


async def add_owner(slug: str = "osaka-city", *more: str) -> tuple[int, str]:
    words = ["--name-ja", "大阪市", "--name-en", "Osaka City", "--email", "Field@city.test"]
    return await type_in(owners, "add", slug, *words, *more)


async def type_in(group: Group, *words: str, line: str = "") -> tuple[int, str]:
    """Type a command on a thread of its own, as the shell would in a process; exit status and what it said."""
    loop = asyncio.get_running_loop()

    def run(work: object) -> int:
        return asyncio.run_coroutine_threadsafe(work(), loop).result()  # type: ignore[operator]

    def type_it() -> tuple[int, str]:
        result = CliRunner().invoke(group, words, input=f"{line}\n", obj=run)
        return result.exit_code, result.output

    return await asyncio.to_thread(type_it)


async def test_the_first_administrator_is_added_and_can_log_in(own_db: str) -> None:
    status, said = await create_admin("Boss@Example.test")
    assert status == 0, said
    assert "boss@example.test" in said
    assert PASSWORD not in said
    session = await service.log_in("boss@example.test", PASSWORD, "192.0.2.1", now())
    actor = await service.actor_by_session(session.secret, now())
    assert actor is not None
    assert allowed(actor, May.ADMINISTER)
    assert not actor.initial_password

    status, said = await create_admin("second@example.test", "--name", "運営担当")
    assert status == 0, said
    assert await Organisation.count() == 1


async def test_what_is_wrong_is_said_and_nothing_is_stored(own_db: str) -> None:
    for words, password, reason in (
        (["boss"], PASSWORD, "not an e-mail address"),
        (["boss@example.test"], "short", "at least 12"),
        (["boss@example.test"], "", "at least 12"),
    ):
        status, said = await create_admin(*words, password=password)
        assert status == 1
        assert reason in said
    assert await Person.count() == 0
    assert await Organisation.count() == 0

    await create_admin("boss@example.test")
    status, said = await create_admin("boss@example.test")
    assert status == 1
    assert "registered with this e-mail" in said


async def test_an_owner_is_added_with_the_system_its_land_is_measured_in(own_db: str) -> None:
    assert (await add_owner())[0] == 0
    status, said = await add_owner("tokyo", "--metric-crs", "6677")
    assert status == 0, said
    rows = await Organisation.select(Organisation.kind, Organisation.slug, Organisation.metric_crs)
    assert [tuple(row.values()) for row in rows] == [("owner", "osaka-city", 6674), ("owner", "tokyo", 6677)]

    for words, reason in (
        (["osaka-city"], "slug: Another organisation has this already."),
        (["sakai", "--metric-crs", "4326"], "metric_crs: "),
        (["sakai", "--corporate-number", "12"], "corporate_number: "),
    ):
        status, said = await add_owner(*words)
        assert status == 1
        assert reason in said
    assert await Organisation.count() == 2
