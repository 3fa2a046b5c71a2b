"""What there is to learn: chapters, files, koans, tracks, and how they are built."""
