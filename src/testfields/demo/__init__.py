"""The demo: a living fortnight on sample sites, and looking at it through somebody else's eyes."""
