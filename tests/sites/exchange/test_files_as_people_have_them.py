"""Files as people have them: archives, spreadsheets, Google Earth, other encodings, heights, columns of programs."""

import csv
import io
import json
import stat
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyogrio import raw
from shapely.geometry.base import BaseGeometry

from testfields.core.errors import InvalidInput
from testfields.db.engine import DB
from testfields.sites.exchange import unpacking
from testfields.sites.exchange.features import COLUMNS, Feature, is_of_programs
from testfields.sites.exchange.importing import import_file
from testfields.sites.exchange.stored import stored_sites
from testfields.sites.exchange.storing import ImportReport
from testfields.sites.tables import Site
from tests.sites.catalogue import GROUND, NOW, PAD, TRACK, geojson, harbour, owner, pad, site, stored, track, write

ABROAD = shapely.Point(9.0, 50.0)


async def bring_in(path: Path) -> ImportReport:
    try:
        return await import_file(path, None, NOW)
    except InvalidInput as error:
        raise AssertionError([(one.path, one.message) for one in error.faults]) from error


async def told(path: Path) -> list[str]:
    """What is said of a file that is refused, its places filled in; nothing is stored of it."""
    before = await stored()
    with pytest.raises(InvalidInput) as refusal:
        await import_file(path, None, NOW)
    assert await stored() == before
    return [f"{one.path}: {one.message.id % dict(one.message.values)}" for one in refusal.value.faults]


def notes(report: ImportReport) -> str:
    return "; ".join(one.id % dict(one.values) for one in report.notes)


def shapefile(
    path: Path, dbf: str = "UTF-8", cpg: str | None = None, crs: str = "EPSG:4326", **changes: object
) -> Path:
    """The small catalogue as a Shapefile whose text is in `dbf` and whose .cpg says `cpg`."""
    features = harbour(name_ja="実証フィールド", **changes)
    columns = [[one.values.get(field.name) for one in features] for field in COLUMNS]
    raw.write(
        path,
        np.array([shapely.to_wkb(one.shape) for one in features], dtype=object),
        [np.array(["" if value is None else str(value) for value in column], dtype=object) for column in columns],
        [field.short for field in COLUMNS],
        driver="ESRI Shapefile",
        geometry_type="Polygon",
        crs=crs,
        encoding=dbf,
    )
    if cpg is not None:
        path.with_suffix(".cpg").write_text(cpg)
    return path


def in_capitals(path: Path) -> Path:
    """The parts of a Shapefile, named as DOS did."""
    for one in list(path.parent.iterdir()):
        one.rename(one.with_name(one.name.upper()))
    return path.with_name(path.name.upper())


def found_below(folder: Path) -> list[Path]:
    return list(folder.rglob("*"))


# --- How text is encoded


@pytest.mark.parametrize("cpg", ["Shift_JIS", "SJIS", "932", "\ufeffCP932\r\n"])
async def test_shift_jis_means_cp932(db: None, tmp_path: Path, cpg: str) -> None:
    await owner()
    contact = "https://example.jp/~yume\\①"
    await bring_in(shapefile(tmp_path / "in.shp", "CP932", cpg, contact=contact, name_en="髙の原 ﾄﾞﾛｰﾝ"))
    (draft,) = await stored_sites()
    assert (draft.name_ja, draft.contact, draft.name_en) == ("実証フィールド", contact, "髙の原 ﾄﾞﾛｰﾝ")


@pytest.mark.parametrize("cpg", ["ISO-8859-1", "CP437", "EUC-JP", ""])
async def test_another_encoding_is_refused_by_its_name(db: None, tmp_path: Path, cpg: str) -> None:
    await owner()
    (said,) = await told(shapefile(tmp_path / "in.shp", "CP932", cpg))
    assert f"“{cpg}”" in said


@pytest.mark.parametrize(("dbf", "cpg"), [("CP932", "UTF-8"), ("UTF-8", "CP932"), ("UTF-8", "Shift_JIS")])
async def test_a_cpg_that_names_the_wrong_one_of_both_is_told(db: None, tmp_path: Path, dbf: str, cpg: str) -> None:
    await owner()
    (said,) = await told(shapefile(tmp_path / "in.shp", dbf, cpg))
    assert said.startswith("file: The .cpg file names another encoding")
    assert f"perhaps {dbf}" in said


@pytest.mark.parametrize("part", [".shx", ".dbf"])
async def test_a_shapefile_that_lacks_a_part_is_told_which(db: None, tmp_path: Path, part: str) -> None:
    await owner()
    path = shapefile(tmp_path / "in.shp")
    path.with_suffix(part).unlink()
    (said,) = await told(path)
    assert said.endswith(f"missing here: in{part}")


async def test_a_shapefile_named_in_capitals_is_read(db: None, tmp_path: Path) -> None:
    await owner()
    assert (await bring_in(in_capitals(shapefile(tmp_path / "in.shp", "CP932", "CP932")))).created == ("harbour",)


@pytest.mark.parametrize("name", ["螳溯ｨｼ蝣ｴ", "å®Ÿè¨¼å ´", "ÄÞÛ°Ý", "縺薙■繧?"])
async def test_garbled_text_is_refused_at_its_field(db: None, tmp_path: Path, name: str) -> None:
    await owner()
    (said,) = await told(write(tmp_path / "in.geojson", harbour(name_ja=name)))
    assert said.startswith("features[0].name_ja: This text is garbled")


async def test_private_use_and_lost_characters_are_refused_at_their_field(db: None, tmp_path: Path) -> None:
    await owner()
    path = write(tmp_path / "in.geojson", harbour(name_ja="\ue000田実証場", address_ja="大\ufffd市"))
    assert [one.partition(":")[0] for one in await told(path)] == ["features[0].name_ja", "features[0].address_ja"]


async def test_faults_are_told_by_the_names_that_stand_in_the_file(db: None, tmp_path: Path) -> None:
    await owner()
    path = shapefile(tmp_path / "in.shp", property_class="church", minimum_minutes="soon")
    assert [one.partition(":")[0] for one in await told(path)] == ["features[0].prop_class", "features[0].least_min"]


# --- Archives


def archive(path: Path, members: Iterable[tuple[str | zipfile.ZipInfo, bytes]], **how: int) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **how) as packed:
        for name, content in members:
            packed.writestr(name, content)
    return path


def members_of(path: Path, named: str = "{}") -> list[tuple[str | zipfile.ZipInfo, bytes]]:
    return [(named.format(one.name), one.read_bytes()) for one in sorted(path.parent.iterdir())]


def named_by_windows(name: str) -> zipfile.ZipInfo:
    """A member whose name is in the code page of Japanese Windows, and does not say so."""
    info = zipfile.ZipInfo("x" * len(name.encode("cp932")))
    info.filename = name.encode("cp932").decode("cp437")
    info.orig_filename = info.filename
    return info


async def test_a_zipped_shapefile_is_read_with_folders_and_litter_around_it(db: None, tmp_path: Path) -> None:
    await owner()
    (tmp_path / "parts").mkdir()
    parts = members_of(shapefile(tmp_path / "parts" / "in.shp", "CP932", "Shift_JIS"), "sites/plan 1/{}")
    litter = [("sites/", b""), ("__MACOSX/sites/._in.shp", b"x"), ("sites/.DS_Store", b"x"), ("sites/Thumbs.db", b"x")]
    more = [("readme.txt", b"x"), ("sites/plan 1/in.shp.xml", b"<x/>"), ("sites/plan 1/._in.shp", b"x")]
    path = archive(tmp_path / "in.zip", [*litter, *parts, *more])
    assert (await bring_in(path)).created == ("harbour",)
    (draft,) = await stored_sites()
    assert draft.name_ja == "実証フィールド"


async def test_an_archive_as_windows_makes_it_is_read(db: None, tmp_path: Path) -> None:
    await owner()
    (tmp_path / "parts").mkdir()
    path = in_capitals(shapefile(tmp_path / "parts" / "in.shp", "CP932", "932"))
    members = [
        (named_by_windows(f"実証場\\敷地{one.suffix}"), one.read_bytes()) for one in sorted(path.parent.iterdir())
    ]
    assert (await bring_in(archive(tmp_path / "敷地.ZIP", members))).created == ("harbour",)


@pytest.mark.parametrize("name", ["../../out.geojson", "/etc/out.geojson", "..\\out.geojson", "C:\\out.geojson"])
async def test_no_name_in_an_archive_leads_out_of_it(db: None, tmp_path: Path, name: str) -> None:
    await owner()
    content = json.dumps(geojson(harbour()), ensure_ascii=False).encode()
    (tmp_path / "inside").mkdir()
    report = await bring_in(archive(tmp_path / "inside" / "in.zip", [(name, content)]))
    assert report.created == ("harbour",)
    assert sorted(one.name for one in found_below(tmp_path)) == ["in.zip", "inside"]


async def test_a_link_in_an_archive_is_no_file(db: None, tmp_path: Path) -> None:
    await owner()
    link = zipfile.ZipInfo("in.geojson")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    (said,) = await told(archive(tmp_path / "in.zip", [(link, b"/etc/passwd")]))
    assert "It holds: –" in said


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ([], "It holds: –"),
        ([("readme.txt", b"x")], "It holds: –"),
        ([("a.geojson", b"{}"), ("b/a.gpkg", b"x")], "It holds: a.geojson, b/a.gpkg"),
        ([("a.zip", b"x")], "It holds: –"),
        ([("a.geojson", b"nothing")], "cannot be read"),
    ],
)
async def test_an_archive_without_its_one_file_is_refused(
    db: None, tmp_path: Path, members: list[tuple[str, bytes]], said: str
) -> None:
    await owner()
    (found,) = await told(archive(tmp_path / "in.zip", members))
    assert said in found


async def test_what_is_no_archive_or_a_broken_one_is_refused(db: None, tmp_path: Path) -> None:
    await owner()
    whole = archive(tmp_path / "whole.zip", [("in.geojson", json.dumps(geojson(harbour())).encode() * 20)])
    broken = bytearray(whole.read_bytes())
    broken[60:90] = bytes(30)
    for content in (b"no archive", bytes(broken), whole.read_bytes()[:-40]):
        (tmp_path / "in.zip").write_bytes(content)
        (said,) = await told(tmp_path / "in.zip")
        assert said.startswith("file: The archive cannot be read")


async def test_an_archive_grows_no_further_than_the_limit(
    db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await owner()
    monkeypatch.setattr(unpacking, "MOST_BYTES", 3 * 2**20)
    path = archive(tmp_path / "in.zip", [("in.geojson", bytes(50 * 2**20))], compresslevel=9)
    assert path.stat().st_size < 2**20
    (said,) = await told(path)
    assert said == "file: The file is too large: at most 3 MB are read."
    many = archive(tmp_path / "many.zip", [(f"{number}.txt", b"") for number in range(unpacking.MOST_FILES + 1)])
    (said,) = await told(many)
    assert "2001 files" in said


# --- Spreadsheets


def csv_of(features: Sequence[Feature], encoding: str = "utf-8", separator: str = ",", **more: str) -> bytes:
    """A table of features with their shapes as WKT."""
    names = list(dict.fromkeys(name for one in features for name in one.values))
    text = io.StringIO()
    table = csv.writer(text, delimiter=separator)
    table.writerow([*names, "WKT", *more])
    for one in features:
        table.writerow(
            [*(one.values.get(name, "") for name in names), one.shape.wkt if one.shape else "", *more.values()]
        )
    return text.getvalue().encode(encoding)


@pytest.mark.parametrize(
    ("encoding", "separator"),
    [("utf-8", ","), ("utf-8-sig", ","), ("cp932", ","), ("utf-16", "\t"), ("utf-8", ";"), ("cp932", "\t")],
)
async def test_a_table_with_shapes_as_text_is_read(db: None, tmp_path: Path, encoding: str, separator: str) -> None:
    await owner()
    (tmp_path / "in.csv").write_bytes(csv_of(harbour(), encoding, separator, fid="7"))
    report = await bring_in(tmp_path / "in.csv")
    assert report.created == ("harbour",)
    assert "fid" in notes(report)
    (draft,) = await stored_sites()
    assert draft.geometry.equals(shapely.MultiPolygon([GROUND]))
    assert draft.name_ja == "みなと実証フィールド"


async def test_a_line_that_says_what_parts_the_columns_is_no_part_of_the_table(db: None, tmp_path: Path) -> None:
    await owner()
    (tmp_path / "in.csv").write_bytes(b"sep=;\r\n" + csv_of(harbour(), separator=";"))
    assert (await bring_in(tmp_path / "in.csv")).created == ("harbour",)


HEADS = [
    ("latitude", "longitude"),
    ("緯度", "経度"),
    ("緯度（10進）", "経度（10進）"),
    ("ＬＡＴ", "ＬＯＮ"),
    ("北緯 [度]", "東経 [度]"),
    ("y", "x"),
]


def corners_of(shape: BaseGeometry | None, told: str = "{}") -> list[tuple[str, str]]:
    assert shape is not None
    return [(told.format(y), told.format(x)) for x, y in list(shape.exterior.coords)[:-1]]


def table_of_corners(features: Sequence[Feature], latitude: str, longitude: str, told: str = "{}") -> str:
    names = list(dict.fromkeys(name for one in features for name in one.values))
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow([*names, latitude, longitude])
    for one in features:
        for place, corner in enumerate(corners_of(one.shape, told)):
            own = [one.values.get(name, "") if place == 0 or name in {"kind", "slug", "site"} else "" for name in names]
            table.writerow([*own, *corner])
    return text.getvalue()


@pytest.mark.parametrize(("latitude", "longitude"), HEADS)
async def test_a_table_of_corners_is_read(db: None, tmp_path: Path, latitude: str, longitude: str) -> None:
    await owner()
    (tmp_path / "in.csv").write_bytes(table_of_corners(harbour(), latitude, longitude).encode("cp932"))
    assert (await bring_in(tmp_path / "in.csv")).created == ("harbour",)
    (draft,) = await stored_sites()
    assert draft.geometry.equals(shapely.MultiPolygon([GROUND]))
    assert [one.geometry.geoms[0].equals(shape) for one, shape in zip(draft.areas, (TRACK, PAD), strict=True)] == [
        True
    ] * 2


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [
        ("34°39′0″", "135°23′6″"),
        ("３４．６５", "１３５．３８５"),
        ("北緯34度39分0.0秒", "東経135度23分6秒"),
        ("N34 39 0", "135.385"),
    ],
)
async def test_degrees_are_read_as_people_write_them(db: None, tmp_path: Path, latitude: str, longitude: str) -> None:
    head, *_ = table_of_corners([site()], "緯度", "経度").splitlines()
    row = ["site", "harbour", *[""] * (head.count(",") - 3)]
    corners = [(latitude, longitude), ("34.66", "135.385"), ("34.66", "135.39")]
    lines = [head, *(",".join([*row, *one]) for one in corners)]
    (tmp_path / "in.csv").write_text("\n".join(lines), "utf-8")
    said = await told(tmp_path / "in.csv")
    assert not [one for one in said if "degrees" in one or "geometry" in one]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (b"", "its first line must name the columns"),
        (b"kind,slug\nsite,harbour\n", "no column of shapes"),
        (b"kind,slug,Kind,WKT\nsite,a,area,\n", "“kind” is there twice"),
        (b"prop_class,property_class,WKT\na,b,\n", "“property_class” is there twice"),
        (b"kind,WKT\nsite,POLYGON((135 34,136 34,136 35,135 34))\n", "Row 2 has more cells"),
        (b"kind,WKT\nsite,POLYGON 1 2 3\n", "Row 2: the shape is no WKT"),
        (b"slug,lat,lon\na,34.6,135.4\nb,34.6,135.4\nb,34.7,135.4\n", "Row 2: a shape needs a row for each"),
        ("緯度,経度\n34.6,北\n".encode(), "Row 2: “北” are no degrees"),
        ("緯度,経度\n135.4,34.6\n135.5,34.6\n135.5,34.7\n".encode(), "“緯度” holds longitudes"),
        (b'kind,WKT\n"site,x\n', "The table cannot be read"),
        (b"\x81\xff\x00,x\n", "neither in UTF-8 nor in CP932"),
        (b"kind,WKT\na,SRID=6674;POINT(1 2)\na,POINT(1 2)\n", "several coordinate systems"),
    ],
)
async def test_a_table_that_is_none_is_refused_with_what_to_do(
    db: None, tmp_path: Path, table: bytes, said: str
) -> None:
    await owner()
    (tmp_path / "in.csv").write_bytes(table)
    (found,) = await told(tmp_path / "in.csv")
    assert said in found


async def test_what_programs_read_may_be_typed_in_full_width(db: None, tmp_path: Path) -> None:
    await owner()
    wide = {
        "kind": "ｓｉｔｅ",
        "slug": "ｈａｒｂｏｕｒ",
        "hours": "Ｍｏｎ－Ｆｒｉ ９：００～１７：００",
        "slot_minutes": "３０",
    }
    wide |= {"uses": "ｄｒｏｎｅ；vehicle", "published": "ＴＲＵＥ", "property_class": "ｏｒｄｉｎａｒｙ"}
    report = await bring_in(write(tmp_path / "in.geojson", harbour(**wide)))
    assert report.created == ("harbour",)
    (draft,) = await stored_sites()
    assert (draft.property_class, draft.policy.slot_minutes, len(draft.hours)) == ("ordinary", 30, 5)
    narrow = {
        "hours": "Mon-Fri 09:00-17:00",
        "property_class": "ordinary",
        "slot_minutes": 30,
        "uses": "drone; vehicle",
    }
    assert (await bring_in(write(tmp_path / "again.geojson", harbour(**narrow)))).unchanged == ("harbour",)


# --- Google Earth


def kml(features: Sequence[Feature], height: str = ",0") -> str:
    """Each feature in a folder of its own, as Google Earth keeps what is drawn."""

    def placemark(one: Feature) -> str:
        data = "".join(f'<Data name="{name}"><value>{value}</value></Data>' for name, value in one.values.items())
        ring = " ".join(f"{x},{y}{height}" for x, y in one.shape.exterior.coords) if one.shape else ""
        return (
            f"<Folder><name>{one.values['slug']}</name><Placemark><name>描いたもの</name><description>…</description>"
            f"<ExtendedData>{data}</ExtendedData><Polygon><tessellate>1</tessellate><outerBoundaryIs><LinearRing>"
            f"<coordinates>{ring}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></Folder>"
        )

    inside = "".join(map(placemark, features))
    return f'<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>{inside}</Document></kml>'


@pytest.mark.parametrize("ending", [".kml", ".kmz"])
async def test_kml_is_read_with_all_its_folders(db: None, tmp_path: Path, ending: str) -> None:
    await owner()
    path = tmp_path / f"in{ending}"
    if ending == ".kml":
        path.write_text(kml(harbour()), "utf-8")
    else:
        archive(path, [("doc.kml", kml(harbour()).encode())])
    report = await bring_in(path)
    assert report.created == ("harbour",)
    assert "Heights of 0" in notes(report)
    assert "were passed over: Name, description" in notes(report)
    (draft,) = await stored_sites()
    assert draft.geometry.equals(shapely.MultiPolygon([GROUND]))
    assert draft.name_ja == "みなと実証フィールド"


async def test_kml_that_would_grow_without_end_is_refused(db: None, tmp_path: Path) -> None:
    await owner()
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 20}">' for n in range(1, 12))
    told_twice = (
        kml(harbour()).replace("<kml", f'<!DOCTYPE kml [<!ENTITY e0 "x">{entities}]><kml', 1).replace("…", "&e11;", 1)
    )
    (tmp_path / "in.kml").write_text(told_twice, "utf-8")
    (said,) = await told(tmp_path / "in.kml")
    assert said.startswith("file: ")


# --- Heights


async def test_heights_of_nothing_are_passed_over_and_told_once(db: None, tmp_path: Path) -> None:
    await owner()
    flat = [Feature(one.values, shapely.force_3d(one.shape, 0)) for one in harbour()]
    report = await bring_in(write(tmp_path / "in.geojson", flat))
    assert notes(report).count("Heights of 0") == 1
    again = await bring_in(write(tmp_path / "again.geojson", harbour()))
    assert again.unchanged == ("harbour",)


async def test_other_heights_are_told(db: None, tmp_path: Path) -> None:
    await owner()
    high = [site(shapely.force_3d(GROUND, 0)), track(shapely.force_3d(TRACK, 12.5)), pad()]
    (said,) = await told(write(tmp_path / "in.geojson", high))
    assert said.startswith("features[1].geometry: The shape has heights")


# --- What programs add


OF_PROGRAMS = [
    "id", "fid", "FID", "ogc_fid", "gid", "OID_", "OBJECTID", "OBJECTID_1", "objectid_12", "Shape_Leng", "Shape_Length",
    "Shape_Area", "Shape_Le_1", "Shape_Ar_1", "SHAPE__Length", "Shape__Area", "GlobalID", "created_us", "created_user",
    "created_date", "last_edite", "last_edi_1", "last_edited_user", "last_edited_date", "CreationDate", "Creator",
    "CreationDa", "EditDate", "Editor", "layer", "path", "auxiliary_storage_labeling_positionx",
]  # fmt: skip


@pytest.mark.parametrize("name", OF_PROGRAMS)
def test_columns_that_programs_add_are_known(name: str) -> None:
    assert is_of_programs(name)


@pytest.mark.parametrize(
    "name", [*(one.name for one in COLUMNS), *(one.short for one in COLUMNS), "slugs", "name", "Z"]
)
def test_no_column_of_the_format_is_taken_for_one_of_them(name: str) -> None:
    assert not is_of_programs(name)


async def test_columns_of_programs_are_passed_over_and_named(db: None, tmp_path: Path) -> None:
    await owner()
    added = {"fid": 3, "OBJECTID": 7, "Shape_Leng": 12.5, "Shape_Area": 9.1, "GlobalID": "{…}", "layer": "old"}
    report = await bring_in(write(tmp_path / "in.geojson", harbour(**added)))
    assert notes(report) == f"Columns that programs add by themselves were passed over: {', '.join(added)}"


async def test_tables_of_qgis_are_passed_over_and_named(db: None, tmp_path: Path) -> None:
    await owner()
    path = tmp_path / "in.gpkg"
    features = harbour()
    names = list(dict.fromkeys(name for one in features for name in one.values))
    raw.write(
        path,
        np.array([shapely.to_wkb(shapely.MultiPolygon([one.shape])) for one in features], dtype=object),
        [np.array([str(one.values.get(name, "")) for one in features], dtype=object) for name in names],
        names,
        driver="GPKG",
        layer="敷地",
        geometry_type="MultiPolygon",
        crs="EPSG:4326",
    )
    for table in ("layer_styles", "qgis_projects"):
        text = np.array(["x"], dtype=object)
        raw.write(path, None, [text], ["name"], driver="GPKG", layer=table, append=True, geometry_type=None, crs=None)
    report = await bring_in(path)
    assert report.created == ("harbour",)
    assert notes(report) == "Tables that programs keep for themselves were passed over: layer_styles, qgis_projects"


# --- Coordinate systems


# By the code of the system on the ground.
JAPANESE = {
    **{f"EPSG:{code}": code for code in (4612, 6668, 6669, 6674, 6687, 2443, 2448, 2461, 3097, 3099, 6688, 6690)},
    **{"EPSG:4301": 4301, "EPSG:30166": 30166},
    **{"EPSG:6697": 6668, "EPSG:6696": 4612, "EPSG:10167": 6674},
    # As ArcGIS writes them; JGD2024 has no codes of its own in EPSG.
    **{"ESRI:104221": 6668, "ESRI:112206": 6674, "ESRI:112153": 6690, "ESRI:104020": 6668, "ESRI:102615": 6674},
}


@pytest.mark.parametrize(("crs", "ground"), JAPANESE.items(), ids=JAPANESE)
@pytest.mark.parametrize("ending", [".shp", ".gpkg"])
async def test_every_japanese_system_is_turned_into_degrees(
    db: None, tmp_path: Path, crs: str, ground: int, ending: str
) -> None:
    await owner()
    async with DB.connection() as connection:
        planes = [
            shapely.from_wkb(
                await connection.fetchval(
                    "SELECT ST_AsBinary(ST_Transform(ST_SetSRID(ST_GeomFromWKB($1), 4326), $2::int))",
                    shapely.to_wkb(one),
                    ground,
                )
            )
            for one in (GROUND, TRACK, PAD)
        ]
    features = [site(planes[0]), track(planes[1]), pad(planes[2])]
    columns = [[one.values.get(field.name) for one in features] for field in COLUMNS]
    raw.write(
        tmp_path / f"in{ending}",
        np.array([shapely.to_wkb(one.shape) for one in features], dtype=object),
        [np.array(["" if value is None else str(value) for value in column], dtype=object) for column in columns],
        [field.short for field in COLUMNS],
        driver="ESRI Shapefile" if ending == ".shp" else "GPKG",
        geometry_type="Polygon",
        crs=crs,
        **({"encoding": "UTF-8"} if ending == ".shp" else {}),
    )
    report = await bring_in(tmp_path / f"in{ending}")
    assert ("old Japanese datum" in notes(report)) == (ground in {4301, 30166})
    (draft,) = await stored_sites()
    assert draft.geometry.hausdorff_distance(GROUND) < 1e-7


async def test_a_system_without_a_code_is_told_by_its_name(db: None, tmp_path: Path) -> None:
    await owner()
    (said,) = await told(shapefile(tmp_path / "in.shp", crs="ESRI:54009"))
    assert "World_Mollweide" in said


async def test_a_code_that_nobody_knows_is_told(db: None, tmp_path: Path) -> None:
    await owner()
    collection = geojson(harbour()) | {"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::99999"}}}
    (tmp_path / "in.geojson").write_text(json.dumps(collection), "utf-8")
    (said,) = await told(tmp_path / "in.geojson")
    assert "99999" in said


# --- Trying first


async def test_a_try_tells_what_would_change_and_stores_nothing(db: None, tmp_path: Path) -> None:
    await owner()
    path = write(tmp_path / "in.geojson", harbour())
    tried = await import_file(path, None, NOW, only_try=True)
    assert (tried.created, await Site.count()) == (("harbour",), 0)
    await bring_in(path)
    before = await stored()
    changed = write(tmp_path / "changed.geojson", harbour(name_en="Another name"))
    assert (await import_file(changed, None, NOW, only_try=True)).changed == ("harbour",)
    assert await stored() == before
    assert (await import_file(path, None, NOW, only_try=True)).unchanged == ("harbour",)


async def test_a_try_is_refused_what_an_import_is(db: None, tmp_path: Path) -> None:
    await owner()
    with pytest.raises(InvalidInput) as refusal:
        await import_file(write(tmp_path / "in.geojson", harbour(uses="")), None, NOW, only_try=True)
    assert [one.path for one in refusal.value.faults] == ["features[0].uses"]
