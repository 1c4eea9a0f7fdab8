"""No address shows one club to another. The cases are the URLconf's own."""

import pytest

from tests.cast import Cast
from tests.isolation.checks import Stage, check
from tests.isolation.objects import look_alikes
from tests.isolation.routes import Kind, Route, UnclassifiedError, UnknownArgumentError, walk

ROUTES = list(walk())
BROKEN = {str(route): route for route in walk("tests.isolation.broken_urls")}


@pytest.fixture
def stage(cast: Cast) -> Stage:
    return Stage(cast, *look_alikes(cast))


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_route(route: Route, stage: Stage) -> None:
    check(route, stage)


def test_the_walk_finds_routes_of_every_kind() -> None:
    assert {route.kind for route in ROUTES} == set(Kind)
    assert "/clubs/<club_slug>/people/" in {str(route) for route in ROUTES}


class TestOfTheTest:
    """Routes with a fault each; the checks above must see every one of them."""

    pytestmark = pytest.mark.urls("tests.isolation.broken_urls")

    @pytest.mark.parametrize(
        "address",
        ["/loose/", "/clubs/<slug>/renamed/", "/api/<club>/nested/", "/stream/<club>/nested/"],
    )
    def test_what_cannot_be_classified_fails(self, address: str) -> None:
        with pytest.raises(UnclassifiedError):
            _ = BROKEN[address].kind

    def test_an_argument_without_look_alikes_fails(self, stage: Stage) -> None:
        with pytest.raises(UnknownArgumentError, match="thing_id"):
            check(BROKEN["/clubs/<club_slug>/things/<thing_id>/"], stage)

    @pytest.mark.parametrize(
        ("address", "fault"),
        [
            ("/clubs/<club_slug>/leaking/", "reads the other club"),
            ("/clubs/<club_slug>/leaking_header/", "reads the other club"),
            ("/clubs/<club_slug>/leaking_stream/", "reads the other club"),
            ("/clubs/<club_slug>/unchecked/<speech_id>/", "the other club's speech_id is answered"),
            ("/clubs/<club_slug>/telling/<speech_id>/", "differs from what is not there"),
            ("/api/open/", "200"),
            ("/api/telling/", "differs from what is not there"),
            ("/stream/leaking/", "200"),
        ],
    )
    def test_a_fault_is_found(self, stage: Stage, address: str, fault: str) -> None:
        with pytest.raises(AssertionError, match=fault):
            check(BROKEN[address], stage)

    def test_a_sound_route_passes(self, stage: Stage) -> None:
        check(BROKEN["/clubs/<club_slug>/sound/<speech_id>/"], stage)
