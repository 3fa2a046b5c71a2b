"""An Outcome as a person reads it."""
