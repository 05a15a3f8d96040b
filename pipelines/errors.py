"""The one error that people are shown: a sentence that says what is wrong, where, and what to do."""


class PipelineError(Exception):
    """Something the user can put right. The message is one clear sentence; no traceback is shown with it."""
