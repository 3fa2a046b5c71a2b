"""`koans watch`: saves, verdicts, keys, and the window."""
