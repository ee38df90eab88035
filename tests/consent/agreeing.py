"""Agreeing to the samples that ship with the portal."""

from testfields.consent.rules import SAMPLE, Agreed, Kind

SAMPLES = Agreed(dict.fromkeys(Kind, SAMPLE), "ja")
# The same as a form says it.
TICKED = {"consent": "true", **{f"consent_{kind}": str(SAMPLE) for kind in Kind}}
