"""What is raised in a learner's code to end it: no `except Exception` of theirs catches it."""


class TooLong(BaseException):
    """A koan ran past its limit. Not an Exception: a learner's `except Exception` is no way on."""


class Stopped(BaseException):
    """A koan tried to end the whole run; `what` is the name of what it called or raised."""

    def __init__(self, what: str, text: str) -> None:
        super().__init__(text)
        self.what = what
