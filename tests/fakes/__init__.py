"""Vendors as servers on a real port: they speak the protocol, and the SDKs are never patched."""
