"""What comes as a photo is drawn anew or refused; nothing but the picture stays."""

from io import BytesIO

import pytest
from PIL import Image, ImageChops, ImageOps, ImageStat

from testfields.core.errors import InvalidInput
from testfields.documents import photos
from testfields.documents.photos import Photo, prepared
from tests.documents import pictures

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def prepare(body: bytes) -> Photo:
    return prepared(BytesIO(body), "photos")


def refusal(body: bytes) -> str:
    with pytest.raises(InvalidInput) as refused:
        prepare(body)
    return refused.value.faults[0].message.id


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_kept_at_several_widths_and_never_enlarged(kind: str) -> None:
    sizes = prepare(pictures.picture(kind, 3000, 2000)).sizes
    assert [(one.width, one.height) for one in sizes] == [(480, 320), (960, 640), (1600, 1067), (2400, 1600)]
    for one in sizes:
        with Image.open(BytesIO(one.body)) as image:
            assert (image.format, image.size) == ("WEBP", (one.width, one.height))
    assert [one.width for one in prepare(pictures.picture(kind, 500, 400)).sizes] == [480, 500]
    assert [(one.width, one.height) for one in prepare(pictures.picture(kind, 2000, 4000)).sizes][-1] == (1200, 2400)


def test_place_and_name_are_taken_out_and_the_photo_stands_upright() -> None:
    sent = pictures.taken_at_home()
    assert b"Somebody's name" in sent
    for one in prepare(sent).sizes:
        assert not any(word in one.body for word in (b"Somebody", b"Exif", b"EXIF", b"XMP", b"ICCP"))
        with Image.open(BytesIO(one.body)) as image:
            assert image.height > image.width
            assert not image.getexif()
            top, bottom = (image.getpixel((image.width // 2, y)) for y in (9, image.height - 9))
        assert isinstance(top, tuple)
        assert isinstance(bottom, tuple)
        assert top[0] < 90
        assert bottom[0] > 230


def test_notes_that_no_camera_should_write_do_not_keep_a_photo_out() -> None:
    sizes = prepare(pictures.oddly_noted(900, 600)).sizes
    assert [(one.width, one.height) for one in sizes] == [(480, 720), (600, 900)]


@pytest.mark.parametrize("orientation", [0, *range(1, 9), 9])
def test_a_photo_stands_upright_however_its_camera_was_held(orientation: int) -> None:
    image = Image.linear_gradient("L").resize((400, 300))
    image.paste(0, (0, 0, 200, 100))
    exif = Image.Exif()
    exif[pictures.ORIENTATION] = orientation
    body = BytesIO()
    image.save(body, "PNG", exif=exif)
    with Image.open(BytesIO(prepare(body.getvalue()).sizes[-1].body)) as kept, Image.open(body) as sent:
        upright = ImageOps.exif_transpose(sent).convert("RGB")
        assert kept.size == upright.size
        assert max(ImageStat.Stat(ImageChops.difference(kept.convert("RGB"), upright)).mean) < 5


def test_what_is_clear_becomes_white() -> None:
    body = BytesIO()
    Image.new("RGBA", (300, 300), (0, 0, 0, 0)).save(body, "PNG")
    with Image.open(BytesIO(prepare(body.getvalue()).sizes[0].body)) as image:
        assert image.getpixel((150, 150)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "I;16", "CMYK"])
def test_pictures_of_every_kind_of_colour_are_taken(mode: str) -> None:
    body = BytesIO()
    Image.new(mode, (300, 300)).save(body, "JPEG" if mode == "CMYK" else "PNG")
    assert len(prepare(body.getvalue()).sizes) == 1


def test_what_hides_behind_a_picture_does_not_stay() -> None:
    for hidden in (b"<script>alert(1)</script>", b"PK\x03\x04", b"<?php ?>"):
        sizes = prepare(pictures.picture() + hidden).sizes
        assert all(hidden not in one.body for one in sizes)


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "PPM", "ICO"])
def test_no_other_kind_is_read(kind: str) -> None:
    assert "no photo" in refusal(pictures.picture(kind, 240, 240))


@pytest.mark.parametrize("body", [b"", SVG, b"%PDF-1.7", b"%!PS-Adobe", b"\xff\xd8\xff"])
def test_what_is_no_picture_is_refused(body: bytes) -> None:
    assert "JPEG" in refusal(body) or "read to its end" in refusal(body)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_that_ends_too_soon_is_refused(kind: str) -> None:
    whole = pictures.picture(kind, 1200, 900, (1, 2, 3))
    for share in (0.9, 0.5, 0.1):
        assert refusal(whole[: int(len(whole) * share)])


def test_huge_pictures_are_refused_before_they_are_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        pytest.fail("unpacked")

    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", never)
    monkeypatch.setattr("PIL._webp.WebPAnimDecoder", never)
    assert "million pixels" in refusal(pictures.bomb())
    assert "million pixels" in refusal(pictures.webp_bomb())


def test_small_and_heavy_ones_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "at least" in refusal(pictures.picture(width=199, height=800))
    monkeypatch.setattr(photos, "LARGEST_PHOTO", 1000)
    assert "MB" in refusal(pictures.picture())
