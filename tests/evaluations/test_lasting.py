"""A write that the database was too busy restarting for is made again."""

import pytest
from django.db import IntegrityError, InterfaceError, OperationalError, transaction

from evaluations.lasting import PAUSE_SECONDS, lasting

pytestmark = pytest.mark.django_db(transaction=True)


class Clock:
    """Time that passes only while somebody waits."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> float:
        return self.seconds

    def pause(self, seconds: float) -> None:
        self.seconds += seconds


class Database:
    """Refuses ``failures`` times, then takes what it is given."""

    def __init__(self, failures: int, error: Exception) -> None:
        self.failures, self.error, self.asked = failures, error, 0

    def write(self) -> str:
        self.asked += 1
        if self.asked <= self.failures:
            raise self.error
        return "written"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.mark.parametrize("error", [OperationalError("away"), InterfaceError("closed")])
def test_it_is_tried_until_the_database_answers(clock, error):
    database = Database(5, error)
    assert lasting(database.write, now=clock.now, pause=clock.pause) == "written"
    assert database.asked == 6
    assert clock.seconds == 5 * PAUSE_SECONDS


def test_not_for_ever(clock):
    database = Database(10_000, OperationalError("away"))
    with pytest.raises(OperationalError):
        lasting(database.write, seconds=10, now=clock.now, pause=clock.pause)
    assert clock.seconds == 10


def test_what_is_wrong_with_the_write_stays_wrong(clock):
    database = Database(1, IntegrityError("twice"))
    with pytest.raises(IntegrityError):
        lasting(database.write, now=clock.now, pause=clock.pause)
    assert database.asked == 1


def test_a_transaction_that_broke_is_not_gone_on_with(clock):
    database = Database(1, OperationalError("away"))
    with pytest.raises(OperationalError), transaction.atomic():
        lasting(database.write, now=clock.now, pause=clock.pause)
    assert database.asked == 1
