"""Phrasings of what a speech did well, by kind of finding.

Every sentence holds something of this speech: its words, its times, its counts. Of several, one is
taken for which there are all the facts; so the first that needs few is the net for the others.
"""

from collections.abc import Mapping

from evaluations.evaluator.builtin.wording import Wording

STRENGTHS: Mapping[str, Wording] = {
    "question_hook": Wording(
        (
            "You opened with a question, and “{key}” was ours to answer before it was yours.",
            "Your first move was to ask us something, and it put “{key}” into our hands.",
        ),
        (
            "Whoever has begun to answer stays to compare, and so we were with you at “{next}”.",
            "A listener cannot help answering about “{key}”, and then waits for what you say.",
        ),
    ),
    "question": Wording(
        (
            "{When}, you turned from telling to asking, and made us answer about “{key}”.",
            "{When}, you handed us a question, with “{key}” in it, to carry for a moment.",
        ),
        (
            "It gives a listener a part in the talk: for a breath, “{key}” is theirs to solve.",
            "After that question we listened to “{next}” as one listens to an answer.",
        ),
    ),
    "story_hook": Wording(
        (
            "You opened inside a story, and with “{key}” we knew where to stand.",
            "You began with a scene, and “{key}” gave us something to see at once.",
        ),
        (
            "We follow a person sooner than a point, and “{next}” was reason enough to follow.",
            "A picture outlives an argument, and “{key}” is a picture a listener takes home.",
        ),
    ),
    "story": Wording(
        (
            "{When}, you stopped explaining and told us a story, with “{key}” in it.",
            "{When}, you took us into one particular scene, the one with “{key}”.",
        ),
        (
            "A scene is easier to keep than a point, and “{key}” is how we shall find it again.",
            "We could go along with it, step by step, as far as “{next}”.",
        ),
    ),
    "number_hook": Wording(
        (
            "You opened on a figure, “{said}”, and gave us something to hold.",
            "Your very first lines had a number in them, “{said}”.",
        ),
        (
            "“{Said}” tells us how large the matter is before we know what the matter is.",
            "It made us want the reason for it, and you had our ears for “{next}”.",
        ),
    ),
    "number": Wording(
        (
            "{When}, you made the point countable: “{said}”, where “many” would have been easier.",
            "You gave us a figure, “{said}”, and did not leave “{key}” to our imagination.",
        ),
        (
            "“{Said}” can be repeated tomorrow to somebody who was not here.",
            "A listener may doubt an opinion about “{key}”; a count is harder to wave away.",
        ),
    ),
    "quotation_hook": Wording(
        (
            "You opened with somebody else's words, and a second voice stood beside you: “{key}”.",
            "Your first line was a quotation, and it brought another person in with “{key}”.",
        ),
        (
            "We met a person before we met a point, and we listened to “{next}” for that person.",
            "Borrowed words make a listener ask who said them, and “{key}” already tells.",
        ),
    ),
    "quotation": Wording(
        (
            "{When}, you let a second voice speak, and it brought us “{key}”.",
            "{When}, you stopped reporting and quoted, with “{key}” in somebody else's mouth.",
        ),
        (
            "A second voice wakes the ear, and “{key}” sounds different when another says it.",
            "We heard a person there and not a summary, and so “{next}” was worth waiting for.",
        ),
    ),
    "contrast_shared": Wording(
        (
            "{When}, you built a contrast that turns on one word, “{shared}”.",
            "{When}, you set two ideas against each other on the word “{shared}”.",
        ),
        (
            "Both halves share “{shared}”, so the ear catches the turn and keeps the line whole.",
            "The first half closes a door and the second opens one, and “{shared}” is the hinge.",
        ),
    ),
    "contrast": Wording(
        (
            "{When}, you drew a contrast, and the two halves met over “{key}”.",
            "{When}, you set two ideas side by side and let us choose with “{key}” in mind.",
        ),
        (
            "The first half raised an expectation and the second turned it: we keep “{turn}”.",
            "An idea is clearest beside what stands against it, and so we shall keep “{key}”.",
        ),
    ),
    "triad_said": Wording(
        (
            "You gathered the thought into three, “{said}”.",
            "You gave the line the rhythm of three: “{said}”.",
        ),
        (
            "Three sounds complete, and “{third}” tells the ear that the list has landed.",
            "Two would have been a pair; with “{third}” nothing is missing, and we keep “{key}”.",
            "Three is few enough to remember, and so “{key}” will be remembered.",
        ),
    ),
    "triad": Wording(
        (
            "{When}, you built the thought in three matching steps, with “{key}” among them.",
            "{When}, there were three steps in one breath, and “{key}” was one of them.",
        ),
        (
            "By the third we knew the pattern, and could hear that “{key}” belonged in it.",
            "Three is few enough to remember, and so “{key}” will be remembered.",
        ),
    ),
    "anaphora": Wording(
        (
            "{When}, you came back again and again to “{said}”, and made a rhythm of it.",
            "You built a refrain on “{said}”, {times} times in a row.",
        ),
        (
            "“{Said}” became a frame, and we could give our whole ear to what changed inside it.",
            "It works like a drumbeat: with each “{said}” the line stands a little higher.",
        ),
    ),
    "signposts": Wording(
        (
            "You told us where we were, with “{first}” and later “{second}”.",
            "You put up signposts for us: “{first}”, then “{second}”.",
        ),
        (
            "Whoever drifts off for a moment finds the way back at “{second}”.",
            "With “{first}” in our ears we knew what was coming, and could attend to “{key}”.",
        ),
    ),
    "call_back": Wording(
        (
            "Your ending went back to “{open}”, from your opening.",
            "You closed the circle: your last lines returned to “{open}”.",
        ),
        (
            "The same words mean more the second time, because “{key}” has a whole talk behind it.",
            "A listener recognises “{open}” and hears that the talk is finished, not just over.",
        ),
    ),
    "call_back_hook": Wording(
        (
            "You opened with {hook}, and your ending went back to it: “{open}”.",
            "You closed the circle: {hook} at the start, and at the end once more “{open}”.",
        ),
        (
            "The same words mean more the second time, because “{key}” has a whole talk behind it.",
            "A listener recognises “{open}” and hears that the talk is finished, not just over.",
        ),
    ),
    "call_to_action": Wording(
        (
            "You closed by asking something of us, and “{tail}” made it plain what.",
            "You ended on something to do, and not only to think about: “{tail}”.",
        ),
        (
            "Whoever wants to act on “{topic}” knows the next step while still in the chair.",
            "A request as clear as that gives “{topic}” a life after the applause.",
        ),
    ),
    "steady_pace": Wording(
        (
            "You kept a steady pace, close to {rate} words a minute, here as everywhere.",
            "Your pace held at about {rate} words a minute from the first line to the last.",
        ),
        (
            "At that speed “{key}” had been taken in before the next thought arrived.",
            "Nobody had to run after you, and “{key}” could be heard in comfort.",
        ),
    ),
    "variety": Wording(
        (
            "Your pitch travelled a wide road, about {range} semitones, and “{key}” rode on it.",
            "You used a wide range of pitch, about {range} semitones, in lines with “{key}”.",
        ),
        (
            "A voice that rises and falls explains by itself what is new about “{key}”.",
            "The ear knew from the tune alone that “{key}” mattered.",
        ),
    ),
    "few_fillers": Wording(
        (
            "You spoke cleanly, with {count} in {length}, and “{key}” stood free.",
            "Your sentences came through clear: in {length} we counted {count}, none at “{key}”.",
        ),
        (
            "Nothing stood between us and “{key}”.",
            "A clean line is easy to follow and easier to quote, and “{key}” is the proof.",
        ),
    ),
    "pause": Wording(
        (
            "{When}, you let a silence of {seconds} do the work, after “{tail}”.",
            "{When}, you finished the thought, “{tail}”, and were silent for {seconds}.",
        ),
        (
            "That pause told us that “{key}” mattered, and gave us time to think it to its end.",
            "In that silence a listener catches up with you, and “{next}” arrived in a quiet room.",
        ),
    ),
    "thread": Wording(
        (
            "One word holds the talk together: “{word}”, heard {count} times from early to late.",
            "You kept “{word}” in our ears, {count} times from early to late.",
        ),
        (
            "By the end a listener can say in one word what it was about, and it is “{word}”.",
            "A returning word gives a talk a spine, and yours is “{word}”.",
        ),
    ),
    "address": Wording(
        (
            "You spoke straight to us, with “you” or “your” {count} times, and once with “{key}”.",
            "You kept the listener in the sentence: “you” or “your” {count} times in {length}.",
        ),
        (
            "It is hard to look away from “{key}” when it stands in a sentence with oneself.",
            "Direct address turned “{topic}” into the business of whoever was listening.",
        ),
    ),
    "first_person": Wording(
        (
            "You told it at first hand, with “I” or “my” {count} times and “{key}” among them.",
            "You put yourself into “{key}” rather than speaking about it from outside.",
        ),
        (
            "A speaker who was there gives us somebody to go along with, even to “{key}”.",
            "Nobody else could have said “{key}” in quite that sentence.",
        ),
    ),
    "definite_words": Wording(
        (
            "{When}, two words made the line precise: “{first}” and “{second}”.",
            "{When}, you were specific, with “{first}” and “{second}”.",
        ),
        (
            "“{First}” is something to hold, where a general word would have slid past.",
            "A listener remembers “{first}” long after the general part is gone.",
        ),
    ),
    "plain_line": Wording(
        (
            "{When}, you said the thing in plain words, with “{key}” at the heart of them.",
            "{When}, you gave us a line about “{key}” that needs no explaining.",
        ),
        (
            "Plain words travel at the speed of speech, and “{key}” arrived at once.",
            "A line as plain as that is followed at first hearing, “{key}” and all.",
        ),
    ),
}
