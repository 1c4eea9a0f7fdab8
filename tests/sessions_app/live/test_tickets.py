"""Tickets, with time handed in."""

import asyncio
import threading
import time
from unittest.mock import patch

import pytest
from asgiref.sync import sync_to_async

from sessions_app.live import tickets
from sessions_app.live.tickets import Ticket

TICKET = Ticket(user_id=1, club_id=2, purpose="session", speech_id="three")


@pytest.mark.parametrize(("age", "found"), [(0, TICKET), (59, TICKET), (61, None)])
async def test_a_ticket_lives_for_a_minute(age, found):
    token = tickets.issue(TICKET)
    later = time.time() + age
    with patch("django.core.cache.backends.locmem.time.time", return_value=later):
        assert await tickets.redeem(token) == found


async def test_a_ticket_is_redeemed_once():
    token = tickets.issue(TICKET)
    redeemed = await asyncio.gather(*(tickets.redeem(token) for _ in range(8)))
    assert sorted(redeemed, key=str) == [*[None] * 7, TICKET]


def test_a_ticket_is_kept_only_as_a_hash():
    with patch("sessions_app.live.tickets.cache") as cache:
        token = tickets.issue(TICKET)
    assert token not in str(cache.mock_calls)
    assert len(token) >= 43  # 256 bits


async def test_who_waits_for_the_shared_memory_keeps_no_other_socket_waiting():
    back = threading.Event()
    with patch("sessions_app.live.tickets.cache") as cache:
        cache.get.side_effect = lambda _key: back.wait(20) and None
        redeeming = asyncio.create_task(tickets.redeem("a-token"))
        await asyncio.sleep(0)
        try:
            # In the thread that all sockets share.
            await asyncio.wait_for(sync_to_async(lambda: None)(), 10)
        finally:
            back.set()
        assert await redeeming is None
