"""A limit on how long a request's body may take: the server has one for the headers only."""

import asyncio

from litestar.enums import ScopeType
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp, Receive, Scope, Send
from litestar.types.asgi_types import ReceiveMessage


def within(app: ASGIApp, seconds: float, bytes_a_second: float) -> ASGIApp:
    """`app`, which answers 408 and lets go of the connection where a body has not come after `seconds`.

    What has come earns time: a second for as many bytes, so that photos may come over the same line as texts.
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        deadline = asyncio.get_running_loop().time() + seconds
        complete = False

        async def receive_in_time() -> ReceiveMessage:
            nonlocal complete, deadline
            # What comes after the body is the end of the connection, which may be long in coming.
            async with asyncio.timeout_at(None if complete else deadline):
                message = await receive()
            complete = message["type"] != "http.request" or not message["more_body"]
            if message["type"] == "http.request":
                deadline += len(message["body"]) / bytes_a_second
            return message

        async def receive_or_refuse() -> ReceiveMessage:
            try:
                return await receive_in_time()
            except TimeoutError:
                raise HTTPException(status_code=408, headers={"Connection": "close"}) from None

        await app(scope, receive_or_refuse, send)

    return answer
