"""The learner's own: files, progress, the last verdict, backups."""
