"""From what a run raised to one Outcome per koan."""
