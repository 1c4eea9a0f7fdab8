"""A kept speech on a running server, by its database: nobody has to speak for ten seconds."""

from clubs.models import Club, User
from tests.browser.beside import run_beside
from tests.server import Server
from tests.sessions_app.kept import keep_speech


def kept_speech(server: Server, speaker: str = "operator@harbour.example") -> str:
    """Keep a new speech of the demo club's and give its id."""
    speech: str = run_beside(server, keep_for, speaker)
    return speech


def keep_for(speaker: str) -> str:
    """Keep it in the database of this process."""
    club = Club.objects.get(slug="harbour")
    return str(keep_speech(club, speaker=User.objects.get(email=speaker)).pk)
