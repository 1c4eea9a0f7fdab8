"""The limits on open sockets, as a deployment sets them."""

from sessions_app.live.sockets import OpenSockets

ADA, BOB, HARBOUR, RIVERSIDE = 1, 2, 10, 20


def test_a_person_has_a_limit_in_all_clubs_together():
    sockets = OpenSockets(per_user=2, per_club=9)
    assert sockets.enter("a", ADA, HARBOUR)
    assert sockets.enter("b", ADA, RIVERSIDE)
    assert not sockets.enter("c", ADA, HARBOUR)
    assert sockets.enter("c", BOB, HARBOUR)


def test_a_club_has_a_limit_whoever_it_is():
    sockets = OpenSockets(per_user=9, per_club=1)
    assert sockets.enter("a", ADA, HARBOUR)
    assert not sockets.enter("b", BOB, HARBOUR)
    assert sockets.enter("b", BOB, RIVERSIDE)


def test_leaving_frees_one_place_however_often_it_is_said():
    sockets = OpenSockets(per_user=2, per_club=2)
    assert sockets.enter("a", ADA, HARBOUR)
    assert sockets.enter("b", ADA, HARBOUR)
    sockets.leave("a")
    sockets.leave("a")
    assert sockets.enter("c", ADA, HARBOUR)
    assert not sockets.enter("d", ADA, HARBOUR)
