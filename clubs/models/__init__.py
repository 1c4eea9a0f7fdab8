"""Clubs, the people in them, and what a club has agreed to keep and to record."""

from clubs.models.append_only import AppendOnlyError
from clubs.models.audit import AuditEvent, ErasureReceipt, PurgeRecord
from clubs.models.club import Club
from clubs.models.consent import ConsentEvent
from clubs.models.invitation import Invitation
from clubs.models.membership import Membership
from clubs.models.retention import PurgeClock, RetentionPolicy
from clubs.models.usage import ClubEngines, DailyLimit, DailyUsage
from clubs.models.user import User

__all__ = [
    "AppendOnlyError",
    "AuditEvent",
    "Club",
    "ClubEngines",
    "ConsentEvent",
    "DailyLimit",
    "DailyUsage",
    "ErasureReceipt",
    "Invitation",
    "Membership",
    "PurgeClock",
    "PurgeRecord",
    "RetentionPolicy",
    "User",
]
