"""What a learner is told of a failure: facts that an author wrote, nothing guessed."""
