import pytest

from sessions_app.live.rhythm import Rhythm


@pytest.mark.parametrize("at_once", [True, False])
def test_each_thing_is_due_at_its_own_pace(at_once):
    rhythm = Rhythm(at_once=at_once)
    assert rhythm.due("beat", 2, 100) is at_once
    assert not rhythm.due("beat", 2, 101)
    assert rhythm.due("access", 60, 101) is at_once
    assert rhythm.due("beat", 2, 102)
    assert not rhythm.due("beat", 2, 102)


def test_what_something_else_has_done_is_not_due():
    rhythm = Rhythm(at_once=True)
    rhythm.done(100, "beat")
    assert not rhythm.due("beat", 2, 101)
    assert rhythm.due("beat", 2, 102)
