"""Koans under pytest, in this process or in one of their own."""
