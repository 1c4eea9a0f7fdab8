import pytest

from clubs.models import Membership
from clubs.permissions import TABLE, Action, allows, require
from speechcoach.errors import ForbiddenError

# Written out a second time on purpose: a change of the table is a change of two places.
#                           owner officer operator member
EXPECTED = {
    Action.VIEW_CLUB: "yes yes yes yes",
    Action.VIEW_PEOPLE: "yes yes yes yes",
    Action.VIEW_SPEECH: "yes yes yes yes",
    Action.OPERATE: "yes yes yes no",
    Action.PRACTISE: "yes yes yes yes",
    Action.UPLOAD: "yes yes yes yes",
    Action.MANAGE_MEETINGS: "yes yes yes no",
    Action.TAKE_SLOT: "yes yes yes yes",
    Action.SET_GOALS: "yes yes yes yes",
    Action.SET_OWN_FILLERS: "yes yes yes yes",
    Action.SET_CLUB_FILLERS: "yes yes yes no",
    Action.MANAGE_PEOPLE: "yes yes no no",
    Action.MANAGE_ENGINES: "yes yes no no",
    Action.MANAGE_RETENTION: "yes yes no no",
}
CELLS = [
    (action, role, cell == "yes")
    for action, row in EXPECTED.items()
    for role, cell in zip(Membership.Role, row.split(), strict=True)
]


@pytest.mark.parametrize(("action", "role", "allowed"), CELLS)
def test_cell(action, role, allowed):
    assert allows(role, action) is allowed
    membership = Membership(role=role.value)
    if allowed:
        require(membership, action)
    else:
        with pytest.raises(ForbiddenError, match=f"may not {action.value}"):
            require(membership, action)


def test_every_action_has_a_row():
    assert set(TABLE) == set(EXPECTED) == set(Action)


@pytest.mark.parametrize("action", Action)
def test_an_unknown_role_may_do_nothing(action):
    assert not allows("president", action)
    assert not allows("", action)
