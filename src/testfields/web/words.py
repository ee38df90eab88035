"""Words that the pages of several features share, in the reader's language."""

from collections.abc import Mapping

from testfields.web import locale


def labels(words: Mapping[str, locale.InBoth]) -> dict[str, str]:
    """The words by their keys."""
    return {str(key): locale.in_words(label) for key, label in words.items()}


def options(words: Mapping[str, locale.InBoth]) -> list[dict[str, str]]:
    """The words as a form offers them."""
    return [{"value": key, "label": label} for key, label in labels(words).items()]


def stay_in_words(minutes: int) -> str:
    """Minutes in the largest unit that needs no fraction."""
    if minutes and minutes % (24 * 60) == 0:
        return locale.plural("%(num)s day", "%(num)s days", minutes // (24 * 60))
    if minutes and minutes % 60 == 0:
        return locale.plural("%(num)s hour", "%(num)s hours", minutes // 60)
    return locale.plural("%(num)s minute", "%(num)s minutes", minutes)
