"""What a listener would tick off for the structure of a speech, from its marks."""

from evaluations.core.structure import Structure
from tests.corpus.script import Script

LABELS = (
    "hook", "signposts", "triad", "anaphora", "contrast", "question", "call-back", "call",
)  # fmt: skip


def marked(script: Script) -> dict[str, str]:
    """Each label of ``script``: the kind of its hook, and "yes" or "" for the others."""
    hook = next((mark.detail for mark in script.of("hook")), "")
    asked = bool(script.of("question")) or hook == "question"
    return {
        "hook": hook,
        "signposts": _yes(len(script.of("signpost")) > 1),
        "triad": _yes(script.of("triad")),
        "anaphora": _yes(script.of("anaphora")),
        "contrast": _yes(script.of("contrast")),
        "question": _yes(asked),
        "call-back": _yes(script.of("call-back")),
        "call": _yes(script.of("call")),
    }


def found(structure: Structure) -> dict[str, str]:
    """The same labels as they were found."""
    return {
        "hook": structure.hook.kind if structure.hook else "",
        "signposts": _yes(len(structure.signposts) > 1),
        "triad": _yes(structure.rule_of_three),
        "anaphora": _yes(structure.anaphora),
        "contrast": _yes(structure.contrasts),
        "question": _yes(structure.questions),
        "call-back": _yes(structure.call_back),
        "call": _yes(structure.call_to_action),
    }


def _yes(there: object) -> str:
    return "yes" if there else ""
