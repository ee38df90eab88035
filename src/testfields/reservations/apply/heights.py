"""The heights of an area as a bar: its band, what is taken then over the ground asked for, and what is asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from testfields.availability.kinds import KINDS, ClaimKind
from testfields.core.errors import N_, InTheWay
from testfields.core.volumes import AltitudeBand, in_metres
from testfields.reservations.apply.reading import AreaChoice
from testfields.reservations.surroundings import Beside
from testfields.reservations.words import height_in_words
from testfields.web import locale

# More would be no bar to read; the list beside tells them all.
MOST_STRETCHES = 6


@dataclass(frozen=True)
class Stretch:
    """A part of the bar: how it is drawn, what it is and its heights in words, its top and its length in hundredths."""

    shape: str
    word: str
    heights: str
    top: float
    length: float


@dataclass(frozen=True)
class HeightBar:
    """The bar between two heights in metres above ground; `asked` is None where the heights cannot be read.

    `above_sea` tells what is asked for from sea level, empty where the height of the ground is not known.
    """

    lower: str
    upper: str
    taken: Sequence[Stretch]
    asked: Stretch | None
    above_sea: str


def height_bar(area: AreaChoice, asked: AltitudeBand | None, beside: Sequence[Beside]) -> HeightBar:
    """The bar of the heights that an area allows."""
    band = area.altitude
    whole = AltitudeBand(Decimal(str(band.lower)), Decimal(str(band.upper)))
    over = (_stretch(whole, band_of(one.told), _shape(one.told), _word(one.told)) for one in beside if one.over)
    taken = list(dict.fromkeys(one for one in over if one is not None))[:MOST_STRETCHES]
    mine = _stretch(whole, asked, "asked", locale.translate(N_("Asked for"))) if asked else None
    return HeightBar(f"{band.lower:g}", f"{band.upper:g}", taken, mine, _above_sea(area, asked))


def _above_sea(area: AreaChoice, asked: AltitudeBand | None) -> str:
    if area.above_sea is None or asked is None or asked.lower is None or asked.upper is None:
        return ""
    ground = Decimal(str(area.above_sea.lower)) - Decimal(str(area.altitude.lower))
    lower, upper = (in_metres(one + ground) for one in (asked.lower, asked.upper))
    return locale.translate(N_("%(lower)s–%(upper)s m above sea level"), None, lower=lower, upper=upper)


def band_of(one: InTheWay) -> AltitudeBand:
    """The heights of what is taken. Half of the separation may reach below ground, which is no height to speak of."""
    return AltitudeBand(*(None if metres is None else max(Decimal(0), Decimal(str(metres))) for metres in _ends(one)))


def _ends(one: InTheWay) -> tuple[float | None, float | None]:
    return one.lower, one.upper


def _shape(one: InTheWay) -> str:
    return KINDS[ClaimKind(one.kind)].shape


def _word(one: InTheWay) -> str:
    return locale.translate(KINDS[ClaimKind(one.kind)].word)


def _stretch(whole: AltitudeBand, part: AltitudeBand, shape: str, word: str) -> Stretch | None:
    """How much of the bar a part of it takes; None for what lies outside."""
    bottom, top = whole.lower or Decimal(0), whole.upper or Decimal(0)
    lower = bottom if part.lower is None else max(part.lower, bottom)
    upper = top if part.upper is None else min(part.upper, top)
    if lower >= upper:
        return None
    share = 100 / float(top - bottom)
    heights = locale.said(height_in_words(part))
    return Stretch(shape, word, heights, float(top - upper) * share, float(upper - lower) * share)
