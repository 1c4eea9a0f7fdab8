"""The timer: how long it took, which light was on, and whether that is within the time."""

from evaluations.core.shapes import RoleResult
from evaluations.roles import RoleFacts
from evaluations.roles.timing import GRACE_SECONDS, Lights, lights_for
from evaluations.roles.wording import at, result, section, spoken_duration


class Timer:
    id = "timer"
    name = "Timer"

    def report(self, facts: RoleFacts) -> RoleResult:
        seconds = facts.metrics.duration_seconds
        if not facts.metrics.total_words:
            nothing = "No words were heard, so there is no time to report."
            return result(self.id, self.name, [section("Time", nothing)], [nothing])
        planned = facts.meeting.planned_seconds
        lights, told = lights_for(facts.brief.project.project_type, seconds, planned)
        asking = "project asks" if planned is None else "agenda says"
        source = (
            f"The lights were set for {lights.name}, as the {asking}"
            if told
            else f"The project names no time; the nearest of the usual ones is {lights.name}"
        )
        times = (
            f"Green came at {at(lights.green)}, yellow at {at(lights.yellow)}, red at "
            f"{at(lights.red)}"
        )
        outcome = _outcome(lights, seconds)
        sections = [
            section("Time", f"The speech took {at(seconds)}, from the first word to the last"),
            section("Lights", source, times, _shown(lights, seconds)),
            section("Result", outcome),
        ]
        spoken = f"The speech took {spoken_duration(seconds)}; {_spoken_light(lights, seconds)}."
        return result(self.id, self.name, sections, [spoken, outcome])


def _shown(lights: Lights, seconds: float) -> str:
    light = lights.light_at(seconds)
    if light == "none":
        return "The speech ended before the green light"
    return f"The {light} light was on when the speech ended"


def _spoken_light(lights: Lights, seconds: float) -> str:
    light = lights.light_at(seconds)
    return "no light was on yet" if light == "none" else f"the {light} light was on at the end"


def _outcome(lights: Lights, seconds: float) -> str:
    verdict = lights.verdict_at(seconds)
    if verdict == "under":
        short = spoken_duration(max(1, round(lights.green - seconds)))
        return f"That is {short} under the time, which begins with the green light."
    if verdict == "over":
        long = spoken_duration(max(1, round(seconds - lights.red - GRACE_SECONDS)))
        return f"That is {long} over the time, which ends half a minute after the red light."
    return f"That is within the time of {lights.name}."
