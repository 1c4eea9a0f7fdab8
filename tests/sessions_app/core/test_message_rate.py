"""What a client may send at once, and in the long run."""

from sessions_app.core.message_rate import BURST, STEADY, MessageRate


def test_a_burst_is_taken_and_no_more():
    rate = MessageRate()
    assert [rate.allows(5.0) for _ in range(BURST + 1)] == [True] * BURST + [False]


def test_what_comes_steadily_is_always_taken():
    rate = MessageRate()
    assert all(rate.allows(number / STEADY) for number in range(10 * BURST))


def test_who_has_sent_too_much_may_go_on_later():
    rate = MessageRate()
    for _ in range(BURST + 1):
        rate.allows(0.0)
    assert rate.allows(1.0)
