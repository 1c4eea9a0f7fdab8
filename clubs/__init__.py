"""Tenancy: clubs, their people, and the doors through which club data is reached."""
