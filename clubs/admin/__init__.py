"""The admin: people and clubs, what a club keeps and for how long, its logs and its use.

Officers and owners find their clubs here, superusers all (``clubs.admin_site``). A table of club
data is a ``base.ClubAdmin``; a test walks the whole registry as an officer of one club and looks
for another's.
"""

from clubs.admin import logs, people, retention, usage

__all__ = ["logs", "people", "retention", "usage"]
