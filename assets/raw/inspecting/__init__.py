"""From the first bytes of an unknown file to a draft of its feed's settings, for a person to check. Never used by a run.

`sampling` looks at the bytes, `recognising` names the adapter, `drafting` writes the settings.
"""
