"""Tickets, with time handed in."""

import asyncio
import time
from unittest.mock import patch

import pytest

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
