"""The one error type that is meant for people."""


class UserError(Exception):
    """Says in one line what is wrong, with what, and what to do; commands print it and exit with 1.

    Anything else that escapes is a bug and keeps its traceback.
    """
