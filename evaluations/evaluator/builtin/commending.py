"""Phrasings of what a speech did well, by kind of finding."""

from collections.abc import Mapping

from evaluations.evaluator.builtin.wording import Wording

STRENGTHS: Mapping[str, Wording] = {
    "question_hook": Wording(
        (
            "You opened with a question and put us to work at once.",
            "Your first move was to ask us something.",
        ),
        (
            (
                "A question makes listeners supply an answer of their own, and then they want to "
                "compare it with yours."
            ),
            "Listeners who have begun to answer stay to hear what you make of it.",
        ),
    ),
    "question": Wording(
        (
            "{When}, you turned from telling to asking.",
            "{When}, you handed us a question to carry.",
            "{When}, you made us answer for ourselves.",
        ),
        (
            "A question changes the sound of a talk and gives listeners a part in it.",
            "It turns a talk into a conversation, even though only one person is speaking.",
            "Listeners who have begun to answer stay to hear what you make of it.",
        ),
    ),
    "story_hook": Wording(
        (
            "You began inside a story, with a time and a place.",
            "You opened on a moment we could see for ourselves.",
        ),
        (
            "Listeners follow a person through a moment more readily than a list of points.",
            "A scene gives listeners a picture, and a picture stays when the argument is gone.",
        ),
    ),
    "story": Wording(
        (
            "{When}, you took us to one particular moment.",
            "{When}, you stopped explaining and told us what happened.",
        ),
        (
            "A scene gives listeners a picture, and a picture stays when the argument is gone.",
            "Listeners follow a person through a moment more readily than a list of points.",
        ),
    ),
    "number_hook": Wording(
        (
            "You opened with something we could count.",
            "You gave us a figure in your very first lines.",
        ),
        (
            "A figure gives listeners something firm to hold while the idea takes shape.",
            "It tells listeners at once how large the matter is.",
        ),
    ),
    "number": Wording(
        (
            "{When}, you made the point countable with “{said}”.",
            "You said “{said}” where a vaguer word would have been easier.",
        ),
        (
            "A figure is easy to hold on to, and easy to repeat to someone who was not here.",
            "It tells listeners exactly how large the matter is.",
        ),
    ),
    "quotation": Wording(
        (
            "{When}, you brought a second voice into the talk.",
            "{When}, you let someone else make the point for you.",
        ),
        (
            "A second voice freshens the ear, and it lends weight that a claim alone lacks.",
            "Borrowed words, well placed, give listeners a person to remember beside the idea.",
        ),
    ),
    "contrast_shared": Wording(
        (
            "{When}, you set two ideas against each other on the word “{shared}”.",
            "{When}, you built a line that turns on the word “{shared}”.",
        ),
        (
            (
                "Because both halves share that word, the ear catches the turn, and the line is "
                "easy "
                "to take home."
            ),
            (
                "The first half closes a door and the second opens one, so listeners hear the "
                "choice "
                "you are offering."
            ),
        ),
    ),
    "contrast": Wording(
        (
            "{When}, you set two ideas side by side and let us hear the difference.",
            "{When}, you drew a line between what it is and what it is not.",
        ),
        (
            (
                "The first half raises an expectation and the second turns it, and that turn is "
                "what "
                "listeners keep."
            ),
            "Listeners understand an idea faster when they hear what stands against it.",
        ),
    ),
    "triad_said": Wording(
        (
            "You gathered the thought into three: “{said}”.",
            "You gave the idea the rhythm of three in “{said}”.",
        ),
        (
            "Three is enough to sound complete and few enough to remember.",
            "The third member closes the pattern, so listeners hear where the thought ends.",
        ),
    ),
    "triad": Wording(
        ("{When}, you built the thought in three matching steps.",),
        (
            "Three is enough to sound complete and few enough to remember.",
            "The third step closes the pattern, so listeners hear where the thought ends.",
        ),
    ),
    "anaphora": Wording(
        (
            "You came back again and again to “{said}”.",
            "You built a rhythm on “{said}”.",
        ),
        (
            (
                "The repeated words become a frame, and listeners can give their whole attention "
                "to "
                "what changes inside it."
            ),
            "It works like a drumbeat: each return raises the line a little further.",
        ),
    ),
    "signposts": Wording(
        (
            "You told us where we were, with “{first}” and later “{second}”.",
            "You marked the road for us: first “{first}”, then “{second}”.",
        ),
        (
            "Signposts spare listeners the work of sorting, so they can attend to the content.",
            "A listener who drifts off for a moment can find the way back by them.",
        ),
    ),
    "call_back": Wording(
        (
            "Your ending went back to “{open}”, from your opening.",
            "You closed the circle by returning to “{open}”.",
        ),
        (
            "Listeners recognise the words, and the talk is finished rather than merely over.",
            "The same words mean more the second time, because the whole talk stands between.",
        ),
    ),
    "call_to_action": Wording(
        (
            "You closed by asking something of us.",
            "You ended on something to do, not only something to think.",
        ),
        (
            "It tells listeners what the next step is while they are still in the room.",
            "A clear request gives the talk a life after the applause.",
        ),
    ),
    "steady_pace": Wording(
        (
            "You kept a steady pace, close to {rate} words a minute throughout.",
            "Your pace held at about {rate} words a minute from start to finish.",
        ),
        (
            "That leaves room for a line like this one to be taken in before the next arrives.",
            "At that speed listeners can follow every word without waiting for the next.",
        ),
    ),
    "variety": Wording(
        (
            "Your pitch travelled a wide road, about {range} semitones.",
            "You used a wide range of pitch, about {range} semitones.",
        ),
        (
            "Changes of pitch tell the ear what is new and what matters.",
            "A voice that rises and falls does part of the explaining by itself.",
        ),
    ),
    "few_fillers": Wording(
        (
            "You spoke cleanly, with {count} in the whole talk.",
            "Your sentences came through clear: we counted {count}.",
        ),
        (
            "Nothing stands between listeners and the words you chose.",
            "Clean lines are easier to follow and far easier to quote.",
        ),
    ),
    "pause": Wording(
        (
            "{When}, you let a silence of {seconds} do the work.",
            "{When}, you finished the thought and then held still for {seconds}.",
        ),
        (
            (
                "Silence after a line tells listeners that it mattered, and gives them time to "
                "finish "
                "the thought themselves."
            ),
            "That gap is where listeners catch up with you.",
        ),
    ),
    "thread": Wording(
        (
            "One word holds the talk together: “{word}”, heard {count} times from early to late.",
            "You kept “{word}” in our ears: {count} times, from early to late.",
        ),
        (
            (
                "A returning word gives a talk a spine, and a listener who drifts off can find the "
                "way back by it."
            ),
            "By the end, listeners can say in one word what the talk was about.",
        ),
    ),
    "address": Wording(
        (
            "You spoke straight to us, with “you” or “your” {count} times.",
            "You kept the listener in the sentence: we counted “you” or “your” {count} times.",
        ),
        (
            "Direct address turns a subject into something that concerns whoever is listening.",
            "It is hard to look away from a sentence with oneself in it.",
        ),
    ),
    "first_person": Wording(
        (
            "You told it in the first person, with “I” or “my” {count} times.",
            "You put yourself in the story rather than speaking about it from outside.",
        ),
        (
            (
                "First-hand words are easy to follow, because listeners have one person to go "
                "along "
                "with."
            ),
            "A speaker who was there gives listeners somebody to follow.",
        ),
    ),
    "definite_words": Wording(
        (
            "You chose definite words {when}: “{first}” and “{second}”.",
            "{When}, two words made the line precise: “{first}” and “{second}”.",
            "{When}, you were specific, with “{first}” and “{second}”.",
        ),
        (
            "Definite words give listeners something to hold, where general ones slide past.",
            "Precise words save listeners the trouble of guessing what you mean.",
            "Listeners remember the particular long after the general is gone.",
        ),
    ),
    "plain_line": Wording(
        (
            "{When}, you said the thing in plain words.",
            "{When}, you gave us a line that needs no explaining.",
        ),
        (
            "Plain words reach listeners at the speed of speech.",
            "A line as plain as that can be followed at first hearing.",
        ),
    ),
}
