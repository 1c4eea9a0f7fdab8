"""The coach's own sentences."""

from collections.abc import Mapping
from typing import Final

from sessions_app.coach.engine.core.coaching.state import Phase

OPENERS: Final = ("All right.", "Okay.", "I see.")
"""Said while the words are still being worked out, so they must suit whatever was said."""

ASK_GOAL: Final = (
    "What would you like to work on: your pace, your pauses, filler words, your opening, "
    "or something else?"
)
ASK_GOAL_AGAIN: Final = (
    "Is there one thing I should listen for, such as pace, pauses, fillers or the opening?"
)
SAME_OR_OTHER: Final = "Shall we stay with that, or is there something else you want to work on?"
ANY_GOAL: Final = "We begin without a goal, and I listen to the whole."
INVITATION: Final = (
    "Give me a part of your speech, about a minute; I keep quiet until you have finished."
)
GO_AHEAD: Final = "Go ahead, I am listening."
FRESH: Final = "From the beginning, then."
THANKS: Final = "Thank you."
LISTENING: Final = "I am listening."
TOO_SHORT: Final = "That is too little to speak about; give me a few sentences more."
ONCE_MORE: Final = "Once more."
SLOWER: Final = "I will speak more slowly."
FASTER: Final = "I will speak a little faster."
MISHEARD: Final = "Some of it may be misheard."
NOTHING_HEARD: Final = "I have not heard any words yet."
STOPPING: Final = "Then we stop here."
GOODBYE: Final = "Goodbye, until the next rehearsal."
WELCOME: Final = "You are welcome."
NO_MORE: Final = "I have nothing further on that take; another one will tell us more."
OPTIONS: Final = (
    "You can give me another take, ask me to repeat or to explain, choose another goal, or stop."
)
HELP: Final = (
    "I listen to a part of your speech, and then tell you one thing that worked, one to try, and "
    "an exercise for it. You can say: repeat, slower, explain, start again, or stop."
)
UNCLEAR: Final = (
    "I could not make out the words. Please say it once more.",
    "That did not reach me clearly. Would you say it again?",
)
TURNS: Final = ("One suggestion.", "One thing to try.", "And one suggestion.")
EXERCISE: Final = ("Now an exercise.", "Try it at once.", "Here is an exercise for it.")

GO_ON: Final[Mapping[Phase, str]] = {
    "start": ASK_GOAL,
    "goal": ASK_GOAL,
    "take": GO_AHEAD,
    "after": "Try the exercise, or give me the passage again.",
    "done": "Say start again when you want to go on.",
}
NUDGES: Final[Mapping[Phase, str]] = {
    "start": "Tell me when you are ready.",
    "goal": "Take your time. What shall I listen for?",
    "take": "Take your time. I am listening.",
    "after": "Take your time. Try the exercise, or ask me to explain it.",
    "done": "Say start again when you want to go on.",
}
