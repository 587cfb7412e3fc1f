"""Measures against raw PostgreSQL on the same machine: one file a subject, each fills the registry."""
