"""Speeches written as text, timed by a fixed rule: ``[1.8]`` is a silence of 1.8 s."""

from evaluations.core.shapes import Segment, Transcript, Word


def spoken(text: str, confidence: float = 0.8, begin: float = 0.5) -> Transcript:
    """A transcript of one segment whose words last 50 ms and 60 ms a letter, 30 ms apart."""
    words, clock = [], begin
    for piece in text.split():
        if piece.startswith("["):
            clock += float(piece[1:-1])
            continue
        length = 0.05 + 0.06 * len(piece)
        words.append(
            Word(
                word=piece,
                start_time=round(clock, 3),
                end_time=round(clock + length, 3),
                confidence=confidence,
            )
        )
        clock += length + 0.03
    return Transcript(segments=(segment(*words),))


def segment(*words: Word) -> Segment:
    return Segment(
        text=" ".join(word.word for word in words),
        start_time=words[0].start_time,
        end_time=words[-1].end_time,
        words=words,
        is_final=True,
    )


BOAT = """good evening everyone [0.8]
when i was nine years old my grandmother gave me a small wooden
boat [1.8] she said a boat that stays in the harbour is safe but that is not what boats are for
[2.2] um for years i kept that boat on a shelf [0.7] i polished it um i showed it to my friends and
uh i never once put it in the water [1.7] i was careful with the boat and i was careful with my life
and i was careful with my words [1.0] then last summer i lost my job [1.6] eleven years in the same
office and um in one afternoon it was gone [0.9] i sat in the kitchen and i looked at the shelf and
there was the boat [2.0] so i did something that i had not done in thirty years [0.5] i took the
boat down to the river and i put it in the water [1.8] and do you know what happened [1.2] it
floated [2.5] that week i wrote to three people i admired and asked them for advice [0.6] i learned
that courage is not a feeling but a thing you do with your hands [0.8] so tonight i want you to
think of the boat on your own shelf [1.5] take it down and put it in the water [1.0] because a boat
that stays in the harbour is safe [0.7] but that is not what boats are for"""

COMPOST = """today i want to talk about composting in small kitchens it is a subject i have been
interested in for a long time and there are many things to say about it basically you need a
container and some soil and then you need to put your vegetable scraps in the container and you need
to turn it and then you need to wait and keep it moist but not too wet because then it smells and
nobody wants that in a kitchen [0.5] composting reduces the amount of waste that goes to the
landfill and composting gives you soil that you can use for your plants on the balcony or in the
garden [0.5] some people use worms and some people use a closed bin and some people just use a
bucket and it does not really matter which one you use [0.6] my neighbour tried it and her tomatoes
were enormous and my tomatoes were also quite good last august and that is composting"""

PUNCTUATED = """Have you ever missed a train by ten seconds? [1.0] I have. [1.6] It was a cold
morning in March, and, um, I had packed, dressed and eaten in nine minutes. [0.8] First, I blamed
the clock. [0.5] Second, I blamed the driver. [0.9] Finally, on that empty platform, I understood
that it's not about speed, it's about leaving early. [2.0] We say that we have no time. [0.7] We say
that we are busy. [0.6] We say that tomorrow will be different. [1.8] My friends, time isn't found,
it's made. [1.2] So here is my challenge to you: [0.4] tomorrow, leave ten minutes early, and see
what you notice on the way to the train."""

INAUGURAL = """and so my fellow americans [1.0] ask not [0.8] what your country can do for you [1.9]
ask what you can do for your country"""
