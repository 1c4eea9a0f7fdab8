"""Projects that people speak for, as presets for title, objectives, times and style.

The names say what a speech is; the words are our own. A preset fills a form in, and binds nobody.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Project:
    """``name`` becomes the type of project; ``minutes`` are those of the green and the red light.

    ``style`` is the evaluation's that fits best.
    """

    id: str
    name: str
    about: str
    objectives: tuple[str, ...]
    minutes: tuple[float, float]
    style: str

    @property
    def json(self) -> str:
        """All of it, for a page that fills its form in."""
        return json.dumps(asdict(self))

    @property
    def time(self) -> str:
        return f"{self.minutes[0]:g}–{self.minutes[1]:g} minutes"


PRESETS: Final[tuple[Project, ...]] = (
    Project(
        "first_speech",
        "First speech",
        "Speak to this audience for the first time, about yourself.",
        (
            "Let the audience know one thing about you that they will remember",
            "Have one clear thought, and end with it",
            "Look up from your notes more often than into them",
        ),
        (4, 6),
        "eec",
    ),
    Project(
        "story",
        "Story",
        "Tell one thing that happened, so that people see it.",
        (
            "Begin in the middle of the event, not before it",
            "Give the turning point a pause of its own",
            "Leave what it meant to one sentence",
        ),
        (5, 7),
        "holistic",
    ),
    Project(
        "inform",
        "Informative speech",
        "Explain one thing that the audience did not know.",
        (
            "Say in the first minute what people will know at the end",
            "Use three points at most, and announce each",
            "Put one comparison where a number would be forgotten",
        ),
        (5, 7),
        "coin",
    ),
    Project(
        "research",
        "Researched speech",
        "Present what you found out, and where you found it.",
        (
            "Name at least two sources, so that they could be looked up",
            "Tell apart what is known and what you conclude",
            "Answer the question with which you opened",
        ),
        (5, 7),
        "coin",
    ),
    Project(
        "persuade",
        "Persuasive speech",
        "Win people over to one action or one view.",
        (
            "Ask for one action that can be done this week",
            "Give the strongest objection a fair hearing, and answer it",
            "Close with what happens if nobody acts",
        ),
        (5, 7),
        "radical_candour",
    ),
    Project(
        "demonstrate",
        "Demonstration",
        "Show how something is done, step by step.",
        (
            "Say what will be on the table at the end",
            "Number the steps, and finish one before the next",
            "Say what goes wrong most often, and how to notice it",
        ),
        (5, 7),
        "sbi",
    ),
    Project(
        "amuse",
        "Humorous speech",
        "Make people laugh, and leave them with something.",
        (
            "Set up each laugh in one sentence",
            "Wait until the laugh is over",
            "Come back at the end to what was funny first",
        ),
        (5, 7),
        "socratic",
    ),
    Project(
        "voice",
        "Vocal variety",
        "Let the voice carry what the words say.",
        (
            "Change the pace where the mood changes",
            "Say the most important sentence softer, not louder",
            "Use at least three pauses that are meant",
        ),
        (5, 7),
        "micro_focus",
    ),
    Project(
        "impromptu",
        "Impromptu answer",
        "Answer a question you have just heard.",
        (
            "Take a breath before the first word",
            "Answer in the first sentence, then give one reason or example",
            "Stop when it is said",
        ),
        (1, 2),
        "feedforward",
    ),
    Project(
        "evaluate",
        "Evaluation of a speech",
        "Tell a speaker in front of the club what worked and what to try.",
        (
            "Name two things that worked, with the speaker's own words",
            "Give one suggestion that can be tried next time",
            "Speak to the speaker, not about them",
        ),
        (2, 3),
        "classic",
    ),
)

BY_NAME: Final[Mapping[str, Project]] = {project.name.casefold(): project for project in PRESETS}
