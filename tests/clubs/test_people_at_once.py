"""Two people who change a club at the same moment, on the real server and its real database."""

import asyncio
import re

from tests.server import serving, sign_in

PEOPLE = "/clubs/harbour/people/"


async def test_of_two_owners_who_leave_at_the_same_moment_one_stays():
    with serving() as server:
        async with (
            await sign_in(server, "owner@harbour.example") as owner,
            await sign_in(server, "officer@harbour.example") as officer,
        ):
            page = (await owner.request("GET", PEOPLE)).text
            link = r"officer@harbour\.example</td>.*?/people/(\d+)/manage/"
            found = re.search(link, page, re.DOTALL)
            assert found is not None
            made = await owner.request("POST", f"{PEOPLE}{found[1]}/role/", data={"role": "owner"})
            assert made.status_code == 302
            left = await asyncio.gather(
                *(person.request("POST", f"{PEOPLE}leave/") for person in (owner, officer))
            )
            assert sorted(answer.status_code for answer in left) == [302, 403]
            seen = [await person.request("GET", PEOPLE) for person in (owner, officer)]
    assert sorted(answer.status_code for answer in seen) == [200, 404]
