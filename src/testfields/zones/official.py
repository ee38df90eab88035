"""Files as the ministries give them out, known by their columns.

N03 and C28 are of 国土数値情報 (MLIT), by their product specifications; the densely inhabited districts those of e-Stat
as they are passed around in GeoJSON. Which day a file is of does not stand in it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from testfields.sites.vocabulary import Label
from testfields.zones.vocabulary import Confidence, LayerKind

Values = Mapping[str, object]
LICENCE = "公共データ利用規約（第1.0版）"


@dataclass(frozen=True)
class Official:
    """How one of them is known, and what its columns mean: the identifier and the name of a feature.

    Features without a shape are `passed_over` where the file has such, and told.
    """

    column: str
    slug: str
    kind: LayerKind
    name: Label
    source: str
    identifier: Callable[[Values], str]
    named: Callable[[Values], str]
    passed_over: bool = False
    licence: str = LICENCE
    confidence: Confidence = Confidence.READ

    @property
    def facts(self) -> dict[str, str]:
        """What it says of its layer."""
        return {
            "slug": self.slug,
            "kind": self.kind,
            "name_ja": self.name.ja,
            "name_en": self.name.en,
            "source": self.source,
            "licence": self.licence,
            "confidence": self.confidence,
        }


def _told(values: Values, *names: str) -> str:
    """What stands in some columns, one after the other, each once."""
    return " ".join(dict.fromkeys(str(values[name]) for name in names if values.get(name)))


OFFICIAL = (
    Official(
        "N03_007",
        "municipalities",
        LayerKind.MUNICIPALITY,
        Label("市区町村", "Municipalities"),
        "国土数値情報（行政区域データ、N03）、国土交通省",
        # Land that belongs to none has no code.
        lambda values: _told(values, "N03_007") or _told(values, "N03_004"),
        lambda values: _told(values, "N03_001", "N03_003", "N03_004"),
    ),
    Official(
        "C28_005",
        "airports",
        LayerKind.AIRPORT,
        Label("空港", "Airports"),
        "国土数値情報（空港データ、C28）、国土交通省",
        lambda values: _told(values, "C28_000").removeprefix("#"),
        lambda values: _told(values, "C28_005"),
        passed_over=True,
    ),
    Official(
        "JINKO",
        "densely-inhabited",
        LayerKind.DENSE,
        Label("人口集中地区（DID）", "Densely inhabited districts (DID)"),
        "国勢調査 人口集中地区（総務省統計局、e-Stat）",
        lambda values: f"{_told(values, 'KEN')}{_told(values, 'CITY')}",
        lambda values: _told(values, "CITYNAME"),
    ),
)


def official_of(columns: Values) -> Official | None:
    """Which of them a file is, by the columns of its first feature."""
    return next((one for one in OFFICIAL if one.column in columns), None)
