"""Which of the speaker's objectives a finding speaks to, by the words objectives are written in."""

from collections.abc import Sequence

from evaluations.evaluator.builtin.concerns import concerns

_LONGEST_WORDS = 12


def objective_for(kind: str, objectives: Sequence[str]) -> str | None:
    """The first objective that a finding of ``kind`` speaks to, if it is short enough to say."""
    for objective in objectives:
        said = " ".join(objective.split()).rstrip(".!?").replace("“", "").replace("”", "")
        if len(said.split()) <= _LONGEST_WORDS and concerns(said, kind):
            return said
    return None
