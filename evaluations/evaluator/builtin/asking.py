"""Questions that let a speaker find it, by kind of finding; ``{quote}`` is the line in question."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Questions:
    """``notice`` looks at the quoted line, ``decide`` leads to the next talk."""

    notice: str
    decide: str


ASKING: Mapping[str, Questions] = {
    "question_hook": Questions(
        "What did “{quote}” ask of the people listening?",
        "What would you ask first in your next talk?",
    ),
    "question": Questions(
        "Which answer were you hoping to hear to “{quote}”?",
        "Where else could a question do the work of a statement?",
    ),
    "story_hook": Questions(
        "Why did you begin with “{quote}”, and not with the point it makes?",
        "Which moment could open your next talk?",
    ),
    "story": Questions(
        "What can a listener see in “{quote}” that an explanation would leave out?",
        "Which of your other points still waits for its moment?",
    ),
    "number_hook": Questions(
        "What does the figure in “{quote}” do before anything else is known?",
        "Which figure would you put first next time?",
    ),
    "number": Questions(
        "What would “{quote}” lose without its figure?",
        "Which other claim could you make countable?",
    ),
    "quotation": Questions(
        "What does the second voice in “{quote}” add to your own?",
        "Whose words would you bring along next time?",
    ),
    "contrast": Questions(
        "Which half of “{quote}” do you want listeners to keep?",
        "What stands against the main idea of your next talk?",
    ),
    "triad": Questions(
        "What would change if “{quote}” had only two parts?",
        "Which idea in your next talk deserves three steps?",
    ),
    "anaphora": Questions(
        "What do the returning words do to “{quote}”?",
        "At which height of the next talk would you use them again?",
    ),
    "signposts": Questions(
        "What could a listener who had drifted off do with “{quote}”?",
        "Which parts of your next talk need such a sign?",
    ),
    "call_back": Questions(
        "What does “{quote}” mean at the end that it did not mean at the start?",
        "What could your next talk begin with, so that it can end there?",
    ),
    "call_to_action": Questions(
        "What will a listener do first after “{quote}”?",
        "What one thing will you ask for next time?",
    ),
    "steady_pace": Questions(
        "What room did your pace leave around “{quote}”?",
        "For which line would you leave that pace on purpose?",
    ),
    "variety": Questions(
        "Which word does your voice lift in “{quote}”?",
        "Which line of your next talk should travel furthest?",
    ),
    "few_fillers": Questions(
        "What do you do between two thoughts that keeps “{quote}” so clear?",
        "How will you keep that when the subject is new to you?",
    ),
    "pause": Questions(
        "What did the silence near “{quote}” leave time for?",
        "After which line of your next talk should there be such a silence?",
    ),
    "thread": Questions(
        "What would be left of “{quote}” without its leading word?",
        "Which single word should lead your next talk?",
    ),
    "address": Questions(
        "Whom were you speaking to in “{quote}”?",
        "Which sentence of your next talk still has no “you” in it?",
    ),
    "first_person": Questions(
        "What can you say in “{quote}” that nobody else could?",
        "Which part of your next talk happened to you?",
    ),
    "definite_words": Questions(
        "Which word in “{quote}” would be hardest to replace?",
        "Which general word in your next talk could become a definite one?",
    ),
    "plain_line": Questions(
        "How would you say “{quote}” to someone on the stairs?",
        "Which line of your next talk should be as plain?",
    ),
    "fillers": Questions(
        "What could stand in the place of “{filler}” in “{quote}”?",
        "What would help you to leave that place empty?",
    ),
    "fast": Questions(
        "Where in “{quote}” could a listener catch up with you?",
        "Which word would you put the breath after?",
    ),
    "fast_throughout": Questions(
        "Where in “{quote}” could a listener catch up with you?",
        "Which lines of the talk deserve half the speed?",
    ),
    "slow": Questions(
        "How much of “{quote}” could you carry on one breath?",
        "Where would a silence help, and where does it part what belongs together?",
    ),
    "slow_throughout": Questions(
        "How much of “{quote}” could you carry on one breath?",
        "Where would a silence help, and where does it part what belongs together?",
    ),
    "hesitation": Questions(
        "What were you looking for before “{quote}”?",
        "Which few words would carry you across that gap next time?",
    ),
    "long_sentence": Questions(
        "Where could a full stop stand in “{quote}”?",
        "How many ideas do you want one sentence to carry?",
    ),
    "long_stretch": Questions(
        "Where could your voice come to rest in “{quote}”?",
        "How will listeners hear where one idea ends?",
    ),
    "level_pitch": Questions(
        "Which word of “{quote}” matters most, and how could we hear that?",
        "Which word will you lift in each main line?",
    ),
    "level_energy": Questions(
        "Which word of “{quote}” would you lean on?",
        "Which line of the talk could be almost a whisper?",
    ),
    "repeated": Questions(
        "What does “{phrase}” add to “{quote}”?",
        "How many of them does the talk need?",
    ),
    "no_hook": Questions(
        "What does “{quote}” promise to someone who has just sat down?",
        "Which later line would you rather open with?",
    ),
    "abrupt_close": Questions(
        "If “{quote}” is the last thing listeners hear, what do they take home?",
        "Which sentence would you like them to repeat tomorrow?",
    ),
    "no_signposts": Questions(
        "How does a listener know where “{quote}” belongs?",
        "What would you call the parts of this talk?",
    ),
    "key_pause": Questions(
        "How long would a listener need to take in “{quote}”?",
        "Which line of your next talk will you let stand alone?",
    ),
}

EXPLORING: Mapping[str, tuple[str, ...]] = {
    "commendation": (
        "What would be lost if that line were left out?",
        "If you heard it from another speaker, what would stay with you?",
        "Who is most likely to repeat it tomorrow, and why?",
    ),
    "recommendation": (
        "If you were hearing the talk for the first time, what would you need at that point?",
        "What might a listener still be busy with just then?",
        "What would you like listeners to be able to say at that point?",
    ),
}
