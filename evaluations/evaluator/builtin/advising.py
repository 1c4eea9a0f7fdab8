"""Phrasings of what to do differently and what to try, by kind of finding."""

from collections.abc import Mapping

from evaluations.evaluator.builtin.wording import Wording

WEAKNESSES: Mapping[str, Wording] = {
    "fillers": Wording(
        (
            "Try a silent breath where “{filler}” comes in; we heard {count} fillers in all.",
            "Trade “{filler}” for a breath; we heard {count} fillers, thickest {when}.",
        ),
        (
            "A short silence sounds deliberate, while a filler draws the ear away from your point.",
            "Listeners use the silence to think, and a filler takes it from them.",
        ),
        ("Without it the line is simply “{clean}”.", "Say it once more as “{clean}”."),
        "take a silent breath where “{filler}” used to be",
    ),
    "fillers_alone": Wording(
        ("Try a silent breath where “{filler}” comes in; we heard {count} fillers in all.",),
        (
            "A short silence sounds deliberate, while a filler draws the ear away from your point.",
            "Listeners use the silence to think, and a filler takes it from them.",
        ),
        ("Close your lips at the end of a thought, and open them only for the next one.",),
        "take a silent breath where “{filler}” used to be",
    ),
    "fast": Wording(
        (
            "Give this passage more room; {when} you reached {rate} words a minute.",
            "Ease off {when}, where you reached {rate} words a minute.",
        ),
        (
            "Above 165 words a minute, a new thought arrives before the last one has settled.",
            "At that speed listeners catch the words and lose the weight of them.",
        ),
        (
            "Try it with a breath after “{chunk}”, and let the rest wait for it.",
            "Say “{chunk}”, breathe once, and only then go on.",
        ),
        "breathe once in the middle of each quick passage",
    ),
    "fast_throughout": Wording(
        (
            "Give the whole talk more room; it ran at {rate} words a minute.",
            "Take the whole talk a little slower than {rate} words a minute.",
        ),
        (
            "Above 165 words a minute, a new thought arrives before the last one has settled.",
            "At that speed listeners catch the words and lose the weight of them.",
        ),
        (
            "Start with this line: say “{chunk}”, breathe once, and only then go on.",
            "Try this one with a breath after “{chunk}”, then use the same speed all the way.",
        ),
        "put a breath between any two thoughts",
    ),
    "slow_throughout": Wording(
        (
            "Draw the whole talk together; it ran at {rate} words a minute.",
            "Let the talk move a little faster than {rate} words a minute.",
        ),
        ("Long gaps inside a thought leave listeners holding only half of it.",),
        (
            "Start with this line, and say everything up to “{chunk}” on a single breath.",
            "Keep the silences for the ends of thoughts, and run on as far as “{chunk}”.",
        ),
        "carry each thought to its end on one breath",
    ),
    "slow": Wording(
        (
            "Draw this passage together; {when} the pace fell to {rate} words a minute.",
            "Carry the line further {when}, where the pace fell to {rate} words a minute.",
        ),
        (
            (
                "Below 100 words a minute, listeners can lose the beginning of a thought before "
                "its "
                "end."
            ),
            "Long gaps inside a thought leave listeners holding only half of it.",
        ),
        (
            "Try saying everything up to “{chunk}” on a single breath.",
            "Keep the silences for the ends of thoughts, and run on as far as “{chunk}”.",
        ),
        "carry each thought to its end on one breath",
    ),
    "hesitation": Wording(
        (
            "Have a bridge ready for the gap of {seconds} seconds {when}.",
            "Close the gap of {seconds} seconds {when} with a line you know by heart.",
        ),
        (
            "A gap inside a thought makes listeners wonder where it was going.",
            "Listeners gladly wait after a thought, and less gladly in the middle of one.",
        ),
        (
            (
                "You could learn the step into “{chunk}” by heart, so that it is there when you "
                "need "
                "it."
            ),
            "Practise only the join: the words before the gap, one breath, then “{chunk}”.",
        ),
        "learn the joins between your thoughts by heart",
    ),
    "long_sentence": Wording(
        (
            "Cut the long sentence {when} in two; it runs to {count} words.",
            "Let the sentence {when} come to rest sooner; it runs to {count} words.",
        ),
        (
            "Listeners cannot turn back a page, so a full stop is their only chance to catch up.",
            "The point of a long sentence comes at its end, when the beginning has faded.",
        ),
        (
            "Try a full stop after “{chunk}”, then begin afresh.",
            "You might stop at “{chunk}”, breathe, and start a new sentence.",
        ),
        "give each sentence one idea, then a full stop",
    ),
    "long_stretch": Wording(
        (
            "Let a breath into the stretch {when}; some {count} words came without a break.",
            "Rest sooner {when}, where some {count} words came without a break.",
        ),
        (
            "Listeners hear your full stops only when your voice comes to rest.",
            "Listeners need a gap to put one idea away before they take the next.",
        ),
        (
            "Try a clear stop after “{chunk}”, then begin afresh.",
            "You might stop at “{chunk}”, breathe, and go on.",
        ),
        "come to a clear rest at the end of each idea",
    ),
    "level_pitch": Wording(
        (
            "Give your voice more travel; its pitch kept within about {range} semitones.",
            "Let your pitch rise and fall more; it kept within about {range} semitones.",
        ),
        (
            "When every word sits at one height, listeners cannot hear which of them matters.",
            "Pitch is how a voice underlines, and here the lines had little underlining.",
        ),
        (
            "In this line, try lifting “{word}” and letting the end come down.",
            "Say the line again and make “{word}” the highest point of it.",
        ),
        "choose one word in each line to lift",
    ),
    "level_energy": Wording(
        (
            "Let some lines be louder and some softer; the level hardly changed.",
            "Use more of your volume in both directions; the level hardly changed.",
        ),
        (
            "A change of level wakes the ear and marks what belongs together.",
            "When the level stays put, listeners have to find the important words by themselves.",
        ),
        (
            "In this line, try leaning on “{word}” and dropping away after it.",
            "Say the line softly, all but “{word}”.",
        ),
        "make your key word louder or softer than the rest",
    ),
    "repeated": Wording(
        (
            "Vary “{phrase}”, which we heard {count} times.",
            "Save “{phrase}” for when you need it; we heard it {count} times.",
        ),
        (
            (
                "A phrase that keeps returning turns into a habit of the ear, and listeners hear "
                "it "
                "instead of your point."
            ),
            "Each return takes a little attention away from what follows it.",
        ),
        (
            "Here you could go straight to “{rest}”.",
            "Try starting this line at “{rest}”.",
        ),
        "listen for “{phrase}” and leave half of them out",
    ),
    "no_hook": Wording(
        (
            "Start closer to the heart of your talk.",
            "Give the first line a reason to lean in.",
        ),
        (
            "A room decides how closely to listen within a sentence or two.",
            (
                "A question, a scene or a surprising line gives listeners something to follow from "
                "the first word."
            ),
        ),
        (
            "You had such a line later on: try opening with “{line}”.",
            "For example, move “{line}” to the very front.",
        ),
        "open with your strongest line",
    ),
    "no_hook_topic": Wording(
        (
            "Start closer to the heart of your talk.",
            "Give the first line a reason to lean in.",
        ),
        (
            "A room decides how closely to listen within a sentence or two.",
            "A question or a scene gives listeners something to follow from the first word.",
        ),
        (
            "You might simply ask, “When did you last think about {topic}?”",
            "Try a question first: “What would you do about {topic}?”",
        ),
        "open with a question",
    ),
    "no_hook_plain": Wording(
        ("Give the first line a reason to lean in.", "Let the first line land by itself."),
        ("A room decides how closely to listen within a sentence or two.",),
        (
            "Try saying “{chunk}”, then a full second of silence before you go on.",
            "Try “{chunk}” on its own, slowly, and wait a second before the rest.",
        ),
        "give your first line a silence of its own",
    ),
    "abrupt_close": Wording(
        (
            "Give the ending a line that sounds like an ending.",
            "Let us hear the ending coming.",
        ),
        (
            "The last words are the ones listeners take away with them.",
            "Listeners keep the final sentence longest, so it deserves your best words.",
        ),
        (
            "You could come back to where you began, with “{open}”, and say it slowly.",
            "Try closing on your own first words, “{open}”, now that we know what they mean.",
        ),
        "write the last sentence first, and end on it",
    ),
    "no_signposts": Wording(
        (
            "Tell us now and then where we are in the talk.",
            "Put up a signpost or two along the way.",
        ),
        (
            (
                "In {count} words we did not hear a “first” or a “finally”, and listeners sort "
                "what "
                "they hear by such words."
            ),
            "A “first” or a “finally” costs one word and tells listeners where to put the rest.",
        ),
        (
            "Just before “{chunk}” you might say, “Here is my second point.”",
            "You could lead into “{chunk}” with “That brings me to my next point.”",
        ),
        "announce each point before you make it",
    ),
    "key_pause": Wording(
        (
            "Leave a silence after your strongest line.",
            "Let this line stand alone for a moment.",
            "Give this line room to land.",
        ),
        (
            "Two seconds of quiet tell listeners that this is the sentence to keep.",
            "Listeners finish a thought in the silence after it, not while you go on.",
            "A line followed at once by another is heard; a line followed by silence is kept.",
        ),
        (
            "Say “{tail}”, count two under your breath, and only then go on.",
            "Try ending on “{tail}”, a full breath, and nothing else.",
            "After “{tail}”, let two seconds pass before the next word.",
        ),
        "let silence follow your best line",
    ),
}
