"""Short phrasings that styles share: what was heard, and what to keep, by kind of finding."""

from collections.abc import Mapping

NOTICED: Mapping[str, str] = {
    "fillers": "We heard {count} fillers in all, closest together {when}.",
    "fillers_alone": "We heard {count} fillers in all, one of them “{filler}”.",
    "fast": "{When}, you reached {rate} words a minute.",
    "fast_throughout": "The whole talk ran at {rate} words a minute.",
    "slow": "{When}, the pace fell to {rate} words a minute.",
    "slow_throughout": "The whole talk ran at {rate} words a minute.",
    "hesitation": "{When}, {seconds} seconds went by before the thought continued.",
    "long_sentence": "{When}, one sentence ran to {count} words.",
    "long_stretch": "{When}, some {count} words came without a break.",
    "level_pitch": "The pitch of your voice kept within about {range} semitones.",
    "level_energy": "The level of your voice hardly changed.",
    "repeated": "We heard “{phrase}” {count} times.",
    "no_hook": "We heard no question, scene or figure in your first lines.",
    "no_hook_topic": "We heard no question, scene or figure in your first lines.",
    "no_hook_plain": "We heard no question, scene or figure in your first lines.",
    "abrupt_close": "In your last lines we heard neither a request nor a return to the opening.",
    "no_signposts": "In {count} words we did not hear a “first” or a “finally”.",
    "key_pause": "{When}, you gave us a line worth waiting for.",
}
"""What a recommendation rests on, told without advice."""

KEEPING: Mapping[str, str] = {
    "question_hook": "open on a question again",
    "question": "give listeners one question in each part",
    "story_hook": "begin inside a moment again",
    "story": "give each point a moment of its own",
    "number_hook": "open on a figure again",
    "number": "put a figure behind each large claim",
    "quotation_hook": "open on a second voice again",
    "quotation": "let a second voice in once more",
    "contrast_shared": "build one such turn for your main idea",
    "contrast": "set your main idea beside its opposite again",
    "triad_said": "save the rule of three for your main idea",
    "triad": "save the rule of three for your main idea",
    "anaphora": "save such a frame for the height of the talk",
    "signposts": "mark each new part with words like these",
    "call_back": "plan your last line together with your first",
    "call_back_hook": "plan your last line together with your first",
    "call_to_action": "end on one clear request again",
    "steady_pace": "hold this pace, and leave it only on purpose",
    "variety": "let your voice travel as far on each key line",
    "few_fillers": "close your thoughts as cleanly again",
    "pause": "place a silence like this after each main point",
    "thread": "let one word lead the whole talk again",
    "address": "put “you” into the sentences that matter most",
    "first_person": "tell it at first hand again",
    "definite_words": "find the definite word for each main line",
    "plain_line": "say each main point once as plainly",
}
"""What to do again because it worked; each completes "next time, …"."""

CONTENT, STRUCTURE, LANGUAGE, DELIVERY = "content", "structure", "language", "delivery"
_KINDS = {
    CONTENT: "question story story_hook number number_hook quotation quotation_hook first_person",
    STRUCTURE: (
        "question_hook signposts call_back call_to_action thread no_hook abrupt_close no_signposts"
    ),
    LANGUAGE: ("contrast triad anaphora address definite_words plain_line repeated long_sentence"),
    DELIVERY: (
        "steady_pace variety few_fillers pause fillers fast fast_throughout slow slow_throughout "
        "hesitation long_stretch level_pitch level_energy key_pause"
    ),
}
AREAS: Mapping[str, str] = {kind: area for area, kinds in _KINDS.items() for kind in kinds.split()}
"""The side of a talk that a kind of finding belongs to."""
