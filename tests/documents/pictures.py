"""Pictures made for tests: each as a camera, or somebody with ill intent, would send it."""

import struct
import zlib
from io import BytesIO

from PIL import Image, ImageCms

ORIENTATION, GPS, LATITUDE = 0x0112, 0x8825, 2


def picture(kind: str = "JPEG", width: int = 900, height: int = 600, colour: object = (40, 90, 160)) -> bytes:
    """A picture whose left half has a colour, and whose right half is white."""
    image = Image.new("RGB", (width, height), "white")
    image.paste(colour, (0, 0, width // 2, height))  # type: ignore[arg-type]
    body = BytesIO()
    image.save(body, kind)
    return body.getvalue()


def taken_at_home(width: int = 900, height: int = 600) -> bytes:
    """A photo of a phone that was held upright, with its place, its owner's name and its colours."""
    image = Image.open(BytesIO(picture(width=width, height=height)))
    exif = image.getexif()
    exif[ORIENTATION] = 6
    exif[0x013B] = "Somebody's name"
    exif.get_ifd(GPS)[LATITUDE] = (34.0, 41.0, 11.0)
    body = BytesIO()
    colours = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    image.save(body, "JPEG", exif=exif, icc_profile=colours)
    return body.getvalue()


def oddly_noted(width: int = 900, height: int = 600) -> bytes:
    """A photo of a phone that was held upright, whose camera wrote its maker as a number: read, but never written."""
    maker, rational, turned, short = 0x010F, 5, ORIENTATION, 3
    entries = struct.pack("<HHII", maker, rational, 1, 38) + struct.pack("<HHIHH", turned, short, 1, 6, 0)
    notes = b"Exif\0\0II*\0" + struct.pack("<IH", 8, 2) + entries + struct.pack("<III", 0, 3, 2)
    body = BytesIO()
    Image.open(BytesIO(picture(width=width, height=height))).save(body, "JPEG", exif=notes)
    return body.getvalue()


def bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of a few hundred bytes that says it has 3,600 million pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(999))) + chunk(b"IEND", b"")


def webp_bomb() -> bytes:
    """A WebP that says that it is as large as one may be."""
    body = b"VP8X" + struct.pack("<I", 10) + bytes(4) + (16_382).to_bytes(3, "little") * 2
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body
