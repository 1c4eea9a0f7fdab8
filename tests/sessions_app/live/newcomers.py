"""People who come to the harbour club by an invitation, over the product's own addresses."""

import contextlib
import re
import secrets
from collections.abc import AsyncIterator

from clubs.demo import PASSWORD
from sessions_app.rehearsal.account import Account
from tests.server import Client, Server

OWNER = "owner@harbour.example"
PEOPLE = "/clubs/harbour/people/"


class Newcomer:
    """Somebody who came by an invitation. They are called what their address says."""

    def __init__(self, account: Account, email: str) -> None:
        self.account = account
        self.email = email

    @contextlib.asynccontextmanager
    async def session(self) -> AsyncIterator[Client]:
        async with socket_of(self.account) as client:
            yield client


@contextlib.asynccontextmanager
async def socket_of(account: Account, club: str = "harbour") -> AsyncIterator[Client]:
    """The person's live session, past the greeting."""
    token = await account.ticket(club)
    async with account.socket(token) as connection:
        yield await Client(connection).opened()


async def owner_of(server: Server) -> Account:
    account = Account(server.base_url)
    await account.sign_in(OWNER, PASSWORD)
    return account


@contextlib.asynccontextmanager
async def newcomer(
    server: Server, role: str = "operator"
) -> AsyncIterator[tuple[Account, Newcomer]]:
    """The club's owner, and somebody whom they have invited."""
    email = f"{secrets.token_hex(8)}@harbour.example"
    async with await owner_of(server) as owner, Account(server.base_url) as account:
        shown = await owner.request("POST", f"{PEOPLE}invitations/", data={"role": role})
        found = re.search(r"/invitations/[\w-]+/", shown.text)
        assert found, shown.text
        await account.request("GET", "/accounts/signup/")
        await account.request(
            "POST",
            "/accounts/signup/",
            data={"name": email, "email": email, "password1": PASSWORD, "password2": PASSWORD},
        )
        joined = await account.request("POST", found.group())
        assert joined.headers["location"] == "/clubs/harbour/"
        yield owner, Newcomer(account, email)


async def member_address(owner: Account, person: Newcomer) -> str:
    """The page on which the owner changes or removes somebody."""
    page = (await owner.request("GET", PEOPLE)).text
    found = re.search(rf"({PEOPLE}\d+/)manage/", page[page.index(person.email) :])
    assert found
    return found.group(1)
