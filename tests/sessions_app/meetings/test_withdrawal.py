"""Whoever withdraws consent is forgotten by the agenda, too."""

import re
import secrets
from urllib.parse import urlsplit

from tests.server import session, sign_in

MEETINGS = "/clubs/harbour/meetings/"
MEETING = {"title": "Spring", "starts_at": "2027-03-04T19:30", "time_zone": "UTC"}


async def test_the_place_is_nobodys_again(server):
    name, title, objective, other = (f"{word} {secrets.token_hex(4)}" for word in "ntoe")
    place = {"speaker_name": name, "title": title, "project_type": "Toast"}
    async with await sign_in(server) as operator:
        planned = await operator.request("POST", f"{MEETINGS}new/", data=MEETING)
        meeting = planned.headers["location"]
        for given in (
            {**place, "objectives": objective, "time_limit_seconds": "120"},
            {"speaker_name": other, "title": other, "time_limit_seconds": "120"},
        ):
            added = await operator.request("POST", f"{meeting}slots/new/", data=given)
            assert added.is_redirect
        shown = (await operator.request("GET", meeting)).text
        assert all(word in shown for word in (name, title, objective, other))
        found = re.search(rf"{meeting}slots/\d+/start/", shown)
        assert found
        begun = await operator.request("POST", found.group())
        speech = urlsplit(begun.headers["location"]).path.split("/")[-3]
        async with session(server, speech=speech) as client:
            await client.consented(name)
            await client.send("revoke_consent")
            await client.expect("data_purged", reason="opt_out")
        shown = (await operator.request("GET", meeting)).text
        assert not [word for word in (name, title, objective) if word in shown]
        assert other in shown
        # Opened once more, the place does not bring them back.
        await operator.request("POST", found.group())
        page = await operator.request("GET", f"/clubs/harbour/sessions/{speech}/live/")
        assert not [word for word in (name, title, objective) if word in page.text]
