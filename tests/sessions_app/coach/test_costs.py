"""What a conversation costs its club, from the vendor's figures to the day's row."""

from decimal import Decimal

import pytest
from django.db import OperationalError

from clubs.models import DailyUsage
from clubs.scoping import club_scope
from sessions_app.apart import in_thread
from sessions_app.coach import store
from sessions_app.coach.booking import Books
from sessions_app.coach.core import costs
from sessions_app.coach.core import effects as fx
from sessions_app.coach.core.configuring import Engine
from speechcoach.model_table import Prices, facts_of
from tests.sessions_app.coach.conversing import Conversation

MILLION = 1_000_000
TALK = facts_of("m", ["m=1:0.1:2:10:0.5:20"]).prices
PAID = Engine(
    provider="openai",
    model="m",
    is_told=True,
    prices=TALK,
    caption_prices=facts_of("gpt-live-transcribe").prices,
)
USAGE = {
    "total_tokens": 7 * MILLION,
    "input_tokens": 4 * MILLION,
    "output_tokens": 3 * MILLION,
    "input_token_details": {
        "text_tokens": 2 * MILLION,
        "audio_tokens": 2 * MILLION,
        "cached_tokens": 2 * MILLION,
        "cached_tokens_details": {"text_tokens": MILLION, "audio_tokens": MILLION},
    },
    "output_token_details": {"text_tokens": MILLION, "audio_tokens": 2 * MILLION},
}
COST = Decimal(1) + Decimal("0.1") + Decimal(10) + Decimal("0.5") + Decimal(2) + Decimal(40)


def test_each_kind_of_token_has_its_price():
    assert costs.of_answer({"usage": USAGE}, TALK) == COST
    assert costs.of_answer({"usage": USAGE}, Prices(Decimal(1), Decimal(2))) == 10
    assert costs.of_answer({"usage": USAGE}, Prices()) == 0


def test_what_is_not_said_to_be_text_costs_what_sound_does():
    bare = {"input_tokens": MILLION, "output_tokens": MILLION}
    assert costs.of_answer({"usage": bare}, TALK) == 30


@pytest.mark.parametrize(
    "usage",
    [
        *(None, [], "many", {"input_tokens": "many"}, {"input_tokens": -1}),
        *({"input_tokens": float("nan")}, {"output_tokens": float("inf")}),
        {"input_tokens": None, "input_token_details": 7, "output_token_details": None},
        {"type": "duration", "seconds": "long"},
    ],
)
def test_what_cannot_be_read_costs_nothing_and_ends_nothing(usage):
    assert costs.of_answer({"usage": usage}, TALK) == 0
    assert costs.of_captions({"usage": usage}, TALK) == 0


def test_captions_are_sold_by_the_minute_or_by_the_token():
    minute = {"usage": {"type": "duration", "seconds": 90}}
    assert costs.of_captions(minute, PAID.caption_prices) == Decimal("0.0255")
    tokens = {"usage": {"type": "tokens", "input_tokens": MILLION, "output_tokens": MILLION}}
    assert costs.of_captions(tokens, Prices(Decimal(3), Decimal(4))) == 7


def test_answers_and_turns_are_paid_for_however_they_end():
    talk = Conversation(PAID)
    talk.coach_begins("r1", "a1")
    talk.hear("response.done", response={"id": "r1", "status": "cancelled", "usage": USAGE})
    talk.hear(
        "conversation.item.input_audio_transcription.completed",
        item_id="u1",
        transcript="hello",
        usage={"type": "duration", "seconds": 60},
    )
    spent = [effect.cost_usd for effect in talk.shell if isinstance(effect, fx.Spend)]
    assert spent == [COST, Decimal("0.017")]


def test_the_models_of_the_table_have_prices():
    for model in ("gpt-realtime-2.1", "gpt-realtime-2.1-mini", "gpt-realtime"):
        facts = facts_of(model)
        assert costs.of_answer({"usage": USAGE}, facts.prices) > 0
        assert facts_of(facts.captions).prices.of_sound(60) > 0


@pytest.mark.django_db(transaction=True)
class TestBooks:
    def booked(self, cast) -> Decimal:
        with club_scope(cast.club):
            return sum((row.cost_usd for row in DailyUsage.objects.all()), Decimal(0))

    async def test_amounts_are_added_to_the_day(self, cast):
        books = Books(cast.club)
        for _ in range(3):
            books.add(Decimal("0.25"))
        books.add(Decimal(0))
        await books.close()
        assert await in_thread(self.booked)(cast) == Decimal("0.75")

    async def test_what_the_database_does_not_take_goes_with_the_next(self, cast, monkeypatch):
        broken = True
        charge = store.charge

        async def sometimes(club, cost_usd):
            if broken:
                raise OperationalError
            await charge(club, cost_usd)

        monkeypatch.setattr(store, "charge", sometimes)
        books = Books(cast.club)
        books.add(Decimal("0.25"))
        await books._pump.drained()
        broken = False
        books.add(Decimal("0.5"))
        await books.close()
        assert await in_thread(self.booked)(cast) == Decimal("0.75")
