"""The roles there are, and their reports on a speech."""

import logging
from collections.abc import Sequence

from evaluations.core.shapes import RoleResult
from evaluations.roles import Role, RoleFacts
from evaluations.roles.ah_counter import AhCounter
from evaluations.roles.general_evaluator import GeneralEvaluator
from evaluations.roles.grammarian import Grammarian
from evaluations.roles.table_topics import TableTopics
from evaluations.roles.timer import Timer

log = logging.getLogger(__name__)

ROLES: tuple[Role, ...] = (
    Timer(),
    AhCounter(),
    Grammarian(),
    TableTopics(),
    GeneralEvaluator(),
)


def role_ids() -> tuple[str, ...]:
    return tuple(role.id for role in ROLES)


def reports(
    ids: Sequence[str], facts: RoleFacts, roles: Sequence[Role] = ROLES
) -> tuple[RoleResult, ...]:
    """What the roles ``ids`` have to say, in that order, each once.

    A role that fails costs only its own report: it is logged by its id, without anybody's words.

    Raises:
        ValueError: one of ``ids`` is no role; the message names the valid ones.
    """
    by_id = {role.id: role for role in roles}
    for role_id in ids:
        if role_id not in by_id:
            raise ValueError(f"Unknown role “{role_id}”; valid are {', '.join(by_id)}")
    results = []
    for role_id in dict.fromkeys(ids):
        try:
            results.append(by_id[role_id].report(facts))
        except Exception as error:  # noqa: BLE001 - a role fails alone, whatever its reason
            # No traceback: its frames and messages may hold what was said.
            log.error("role failed role=%s error=%s", role_id, type(error).__name__)  # noqa: TRY400
    return tuple(results)
