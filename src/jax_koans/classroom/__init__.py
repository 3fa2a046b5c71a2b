"""For teachers: who is where, and what submissions came to."""
