"""Phrasings of what to do differently and what to try, by kind of finding.

As in ``commending``: something of this speech stands in every sentence, and what to try is shown on
the speaker's own words.
"""

from collections.abc import Mapping

from evaluations.evaluator.builtin.wording import Wording

_FILLERS = (
    "A short silence before “{key}” sounds deliberate; “{filler}” draws the ear away from it.",
    "In the silence a listener thinks about “{key}”; “{filler}” takes that moment back.",
)
_FAST = (
    "Above 165 words a minute we were still holding “{key}” when the next thought came.",
    "At {rate} words a minute the words arrive, and the weight of “{key}” does not.",
)
_SLOW = (
    "With long gaps inside the thought, we held one half of “{key}” and waited for the other.",
    "At {rate} words a minute the start of a sentence fades before we get to “{key}”.",
)
_OPENING = (
    "A room decides within a sentence or two how closely to listen, and “{key}” came later.",
    "Whoever has just sat down needs a reason to lean in, and “{key}” is not one yet.",
)

WEAKNESSES: Mapping[str, Wording] = {
    "fillers": Wording(
        (
            "Trade “{filler}” for a breath; we heard {count} fillers, closest together {when}.",
            "Where “{filler}” comes in, try a silent breath; we heard {count} fillers in all.",
        ),
        _FILLERS,
        (
            "Without it the line is simply, “{clean}”.",
            "Say it once more as, “{clean}”; nothing is missing.",
        ),
        "take a silent breath where “{filler}” used to be",
    ),
    "fillers_alone": Wording(
        ("Where “{filler}” comes in, try a silent breath; we heard {count} fillers in all.",),
        _FILLERS,
        ("Close your lips after “{tail}”, and open them only for the next thought.",),
        "take a silent breath where “{filler}” used to be",
    ),
    "fast": Wording(
        (
            "Give the passage {when} more room; there you reached {rate} words a minute.",
            "Go slower {when}, where you reached {rate} words a minute.",
        ),
        _FAST,
        (
            "Say “{chunk}”, breathe once, and let “{rest}” wait for it.",
            "Try it with a breath after “{chunk}”, and only then go on.",
        ),
        "breathe once in the middle of each quick passage",
    ),
    "fast_throughout": Wording(
        (
            "Give the whole talk more room; it ran at {rate} words a minute.",
            "Take the whole talk slower than {rate} words a minute.",
        ),
        _FAST,
        (
            "Start with this line: say “{chunk}”, breathe once, and only then “{rest}”.",
            "Put a breath after “{chunk}”, and keep that speed all the way.",
        ),
        "put a breath between any two thoughts",
    ),
    "slow_throughout": Wording(
        (
            "Draw the whole talk together; it ran at {rate} words a minute.",
            "Let the talk move a little faster than {rate} words a minute.",
        ),
        _SLOW,
        (
            "Start with this line, and carry everything up to “{chunk}” on a single breath.",
            "Keep the silences for the ends of thoughts, and run on as far as “{chunk}”.",
        ),
        "carry each thought to its end on one breath",
    ),
    "slow": Wording(
        (
            "Draw the passage {when} together; there the pace fell to {rate} words a minute.",
            "Carry the line further {when}, where the pace fell to {rate} words a minute.",
        ),
        _SLOW,
        (
            "Try saying “{chunk}” on a single breath, and rest only after it.",
            "Keep the silence for the end of the thought, and run on as far as “{chunk}”.",
        ),
        "carry each thought to its end on one breath",
    ),
    "hesitation": Wording(
        (
            "Have a bridge ready for the gap of {seconds} seconds {when}.",
            "Close the gap of {seconds} seconds {when} with a line you know by heart.",
        ),
        (
            "A silence inside a thought makes us wonder where it was going, until “{key}” came.",
            "We wait gladly after a thought, and less gladly on the way to “{key}”.",
        ),
        (
            "Learn only the step into “{chunk}” by heart, so that it is there when you need it.",
            "Practise the join alone: the words before the gap, one breath, then “{chunk}”.",
        ),
        "learn the joins between your thoughts by heart",
    ),
    "long_sentence": Wording(
        (
            "Make two sentences of the long one that begins {when}; it runs to {count} words.",
            "Let the sentence that begins {when} come to rest sooner; it has {count} words.",
        ),
        (
            "A listener cannot turn back the page, and by “{key}” the beginning has faded.",
            "We held our breath with you as far as “{key}”, and there was further to go.",
        ),
        (
            "Try a full stop after “{chunk}”, and begin afresh with “{rest}”.",
            "You might stop at “{chunk}”, breathe, and start again: “{rest}”.",
        ),
        "give each sentence one idea, then a full stop",
    ),
    "long_stretch": Wording(
        (
            "Let a breath into the stretch {when}; some {count} words came without a break.",
            "Rest sooner {when}, where some {count} words came without a break.",
        ),
        (
            "We hear your full stops only when your voice comes to rest, and “{key}” had none.",
            "One idea has to be put away before the next, and “{key}” left no time for it.",
        ),
        (
            "Try a clear stop after “{chunk}”, and begin afresh with “{rest}”.",
            "You might stop at “{chunk}”, breathe, and go on with “{rest}”.",
        ),
        "come to a clear rest at the end of each idea",
    ),
    "level_pitch": Wording(
        (
            "Give “{word}” more travel; your pitch kept within about {range} semitones.",
            "Let your voice rise and fall for “{word}”; it kept within {range} semitones.",
        ),
        (
            "With every word at one height, we could not hear that “{word}” is the one to keep.",
            "Pitch is how a voice underlines, and nothing was drawn under “{word}”.",
        ),
        (
            "In this line, lift “{word}” and let the end come down.",
            "Say the line again and make “{word}” the highest point of it.",
        ),
        "choose one word in each line to lift",
    ),
    "level_energy": Wording(
        (
            "Let “{word}” be louder or softer than its neighbours; the level hardly changed.",
            "Use more of your volume, in both directions, on words like “{word}”.",
        ),
        (
            "A change of level wakes the ear, and “{word}” deserved an ear that is awake.",
            "With one level throughout, we had to find “{word}” by ourselves.",
        ),
        (
            "In this line, lean on “{word}” and drop away after it.",
            "Say the line softly, all but “{word}”.",
        ),
        "make your key word louder or softer than the rest",
    ),
    "repeated": Wording(
        (
            "Save “{phrase}” for when you need it; we heard it {count} times.",
            "Let “{phrase}” rest, which we heard {count} times.",
        ),
        (
            "Each return of “{phrase}” takes a little attention from “{rest}”.",
            "By the third time we heard “{phrase}” itself, and not what it led to.",
        ),
        (
            "Here you could go straight to “{rest}”.",
            "Try beginning this line at “{rest}”.",
        ),
        "listen for “{phrase}” and leave half of them out",
    ),
    "no_hook": Wording(
        (
            "Open closer to the heart of the talk than “{tail}”.",
            "Give your first line a reason to lean in; it ended on “{tail}”.",
        ),
        _OPENING,
        (
            "You had such a line later on: begin with “{line}”, and tell us the rest afterwards.",
            "Move “{line}” to the very front, and let us wonder for a moment.",
        ),
        "open with your strongest line",
    ),
    "no_hook_topic": Wording(
        ("Open closer to the heart of the talk than “{tail}”.",),
        _OPENING,
        (
            "You might simply ask, “When did you last think about {topic}?”",
            "Try a question first: “What would you do about {topic}?”",
        ),
        "open with a question",
    ),
    "no_hook_plain": Wording(
        ("Give your first line, with its “{key}”, a reason to lean in.",),
        _OPENING,
        ("Say “{chunk}”, slowly, then leave a full second of silence before the rest.",),
        "give your first line a silence of its own",
    ),
    "abrupt_close": Wording(
        (
            "Give the ending a line that sounds like an ending; yours stopped at “{tail}”.",
            "Let us hear the ending coming; the last words were “{tail}”.",
        ),
        (
            "The last words are the ones we take home, and “{topic}” deserves better luggage.",
            "We keep the final sentence longest, and this one does not bring “{topic}” home.",
        ),
        (
            "You could come back to where you began, with “{open}”, and say it slowly.",
            "Close on your own first words, “{open}”, now that we know what they mean.",
        ),
        "write the last sentence first, and end on it",
    ),
    "no_signposts": Wording(
        (
            "Tell us now and then where we are on the way to “{key}”.",
            "Put up a signpost or two along the way, one of them before “{key}”.",
        ),
        (
            "In {count} words there was no “first” and no “finally” to sort “{topic}” by.",
            "A “first” or a “finally” costs one word, and tells us where to put “{key}”.",
        ),
        (
            "Just before “{chunk}” you might say, “Here is my second point.”",
            "You could lead into “{chunk}” with, “That brings me to my next point.”",
        ),
        "announce each point before you make it",
    ),
    "key_pause": Wording(
        (
            "Leave a pause after a line like this; “{tail}” was gone before it had landed.",
            "Let “{tail}” stand alone for a moment; a pause would give it room.",
        ),
        (
            "Two seconds of silence tell a listener that “{key}” is the word to keep.",
            "We finish a thought in the silence after it, and “{key}” had none.",
            "A line followed by another is heard; “{key}” followed by silence is kept.",
        ),
        (
            "Say “{tail}”, count two under your breath, and only then “{next}”.",
            "Try ending on “{tail}”, a full breath, and nothing else.",
            "After “{tail}”, let two seconds pass before the next word.",
        ),
        "let silence follow your best line",
    ),
}
