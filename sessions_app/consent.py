"""The consent text of a club: it names who else hears a voice or reads words."""

from django.conf import settings

from clubs.engines import choice_of
from clubs.models import Club
from sessions_app.contract.consent import ConsentText, consent_text


def shown_consent(club: Club) -> ConsentText:
    """What the club's speakers are shown, and what the consent log and the saved files keep.

    Needs the club's scope.
    """
    if choice_of(club).builtin_only:
        return consent_text()
    return consent_text(settings.SPEECHCOACH_VOICE_GOES_TO, settings.SPEECHCOACH_WORDS_GO_TO)


def coach_consent(club: Club) -> ConsentText:
    """The same for a take with the voice coach, which may be another vendor's.

    Needs the club's scope.
    """
    if choice_of(club).builtin_only:
        return consent_text()
    hear = [settings.SPEECHCOACH_VOICE_GOES_TO, settings.SPEECHCOACH_COACH_GOES_TO]
    named = dict.fromkeys(name for names in hear for name in names.split(" and ") if name)
    return consent_text(" and ".join(named), settings.SPEECHCOACH_WORDS_GO_TO)
