"""People who log in the way a browser does."""

import re
from dataclasses import dataclass, field

from httpx import AsyncClient, Response

from testfields.accounts import passwords
from testfields.accounts.identity import CSRF_FIELD, SESSION_COOKIE
from testfields.accounts.rules import Actor, MemberRole, OrganisationKind
from testfields.accounts.tables import Person
from tests import factories

PASSWORD = "correct horse battery staple"
# Hashing is slow on purpose, so each password is hashed once a run.
HASHES: dict[str, str] = {}


async def with_password(actor: Actor, password: str = PASSWORD) -> Actor:
    """The same person, now able to log in by `password`."""
    if password not in HASHES:
        HASHES[password] = await passwords.hashed(password)
    await Person.update({Person.password_hash: HASHES[password]}).where(Person.id == actor.person_id)
    return actor


async def admin() -> Actor:
    """An administrator of the portal."""
    operator = await factories.organisation(OrganisationKind.OPERATOR)
    return await factories.person(operator, OrganisationKind.OPERATOR, MemberRole.ADMIN)


@dataclass
class Browser:
    """Keeps what a browser keeps, and nothing between two of them; fills the hidden field into its forms."""

    client: AsyncClient
    cookies: dict[str, str] = field(default_factory=dict)
    csrf: str = ""

    @property
    def session(self) -> str:
        return self.cookies.get(SESSION_COOKIE, "")

    async def get(self, path: str, **headers: str) -> Response:
        return await self.send("GET", path, headers=headers)

    async def post(self, path: str, data: dict[str, object] | None = None, **headers: str) -> Response:
        """Send a form as the page would, with the token of the page that was seen last."""
        return await self.send("POST", path, data={CSRF_FIELD: self.csrf, **(data or {})}, headers=headers)

    async def send(self, method: str, path: str, headers: dict[str, str] | None = None, **more: object) -> Response:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.client.cookies.clear()
        answer = await self.client.request(
            method, path, headers={"Accept": "text/html", "Cookie": cookie, **(headers or {})}, **more
        )
        for name, value in answer.cookies.items():
            self.cookies[name] = value
        for line in answer.headers.get_list("set-cookie"):
            if "Max-Age=0" in line:
                self.cookies.pop(line.split("=")[0], None)
        found = re.search(r'name="_csrf" value="([^"]*)"', answer.text)
        if found:
            self.csrf = found[1]
        return answer

    async def log_in(self, actor: Actor, password: str = PASSWORD, **more: str) -> Response:
        """Log in and look at one page, as people do."""
        answer = await self.post("/login", {"email": actor.email, "password": password, **more})
        if answer.status_code == 303:
            await self.get("/my/account")
        return answer
