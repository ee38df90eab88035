"""Photos as they are kept: drawn anew, so that nothing of what came with them stays but the picture.

What is told of a file by its name or its sender is not asked; Pillow reads JPEG, PNG and WebP here and nothing else.
"""

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import IO

from PIL import ExifTags, Image, UnidentifiedImageError

from testfields.core.errors import N_, InvalidInput, fault
from testfields.web.hands import Hand

MEDIA_TYPE = "image/webp"
ACCEPTED = ("JPEG", "PNG", "WEBP")
ACCEPTED_TYPES = ("image/jpeg", "image/png", "image/webp")
# Bytes of one photo as it comes; a good camera's JPEG has 10 to 15 million.
LARGEST_PHOTO = 15_000_000
# Pixels; unpacked, 40 million are 160 MB.
MOST_PIXELS = 40_000_000
LEAST_SIDE = 200
# As it is kept.
LONGEST_SIDE = 2400
WIDTHS = (480, 960, 1600)
QUALITY = 78
# Sizes are judged here, before anything is unpacked.
Image.MAX_IMAGE_PIXELS = None
# What decoders say of a file that is broken.
BROKEN = (OSError, SyntaxError, ValueError, EOFError, AttributeError, IndexError, KeyError, TypeError, struct.error)
# How a picture is turned upright, by what its camera noted of how it was held (Exif 2.32, 4.6.4).
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_HAND = Hand("photos")


@dataclass(frozen=True)
class Size:
    """The photo at one width, in pixels."""

    width: int
    height: int
    body: bytes


@dataclass(frozen=True)
class Photo:
    """A photo in its sizes, the smallest first; `original` is the SHA-256 of what came."""

    original: str
    sizes: tuple[Size, ...]


async def prepare(file: IO[bytes], field: str) -> Photo:
    """A photo as it is kept, prepared beside the event loop in about a second; raises InvalidInput at `field`, and
    Crowded where too many wait."""
    return await _HAND.do(prepared, file, field)


def prepared(file: IO[bytes], field: str) -> Photo:
    """A photo as it is kept; raises InvalidInput at `field`."""
    body = file.read(LARGEST_PHOTO + 1)
    if len(body) > LARGEST_PHOTO:
        message = N_("A photo may have at most %(most)s MB.")
        raise InvalidInput([fault(field, message, most=LARGEST_PHOTO // 1_000_000)])
    try:
        picture = _read(body, field)
    except UnidentifiedImageError:
        raise InvalidInput([fault(field, N_("This is no photo in JPEG, PNG or WebP."))]) from None
    except BROKEN:
        message = N_("This photo cannot be read to its end. It may be broken; please choose it again.")
        raise InvalidInput([fault(field, message)]) from None
    return Photo(hashlib.sha256(body).hexdigest(), tuple(_sizes(picture)))


def _read(body: bytes, field: str) -> Image.Image:
    told = _webp_size(body)
    if told:
        _judge(told, field)
    with Image.open(BytesIO(body), formats=ACCEPTED) as image:
        _judge(image.size, field)
        # A large JPEG is unpacked at a half or a quarter of its size.
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        image.load()
        # Read and never written, as `ImageOps.exif_transpose` would: not all that cameras write can be written again.
        turn = TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
        turned = image.copy() if turn is None else image.transpose(turn)
    turned.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return _plain(turned)


def _webp_size(body: bytes) -> tuple[int, int] | None:
    """What a WebP says of its size (RFC 9649, 2); Pillow would make room for all of it before it tells."""
    if body[:4] != b"RIFF" or body[8:12] != b"WEBP" or len(body) < 30:
        return None
    match body[12:16]:
        case b"VP8X":
            return 1 + int.from_bytes(body[24:27], "little"), 1 + int.from_bytes(body[27:30], "little")
        case b"VP8L":
            bits = int.from_bytes(body[21:25], "little")
            return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        case _:
            return int.from_bytes(body[26:28], "little") & 0x3FFF, int.from_bytes(body[28:30], "little") & 0x3FFF


def _judge(size: tuple[int, int], field: str) -> None:
    width, height = size
    if width * height > MOST_PIXELS:
        message = N_("A photo may have at most %(most)s million pixels; this one has %(width)s × %(height)s.")
        raise InvalidInput([fault(field, message, most=MOST_PIXELS // 1_000_000, width=width, height=height)])
    if min(size) < LEAST_SIDE:
        message = N_("A photo needs at least %(least)s pixels on each side; this one has %(width)s × %(height)s.")
        raise InvalidInput([fault(field, message, least=LEAST_SIDE, width=width, height=height)])


def _plain(image: Image.Image) -> Image.Image:
    """The pixels alone, on white where there are none: position, camera and every other note stay behind."""
    plain = Image.new("RGB", image.size, "white")
    if image.has_transparency_data:
        clear = image.convert("RGBA")
        plain.paste(clear, mask=clear.getchannel("A"))
    else:
        plain.paste(image.convert("RGB"))
    return plain


def _sizes(picture: Image.Image) -> Iterator[Size]:
    for width in (*(one for one in WIDTHS if one < picture.width), picture.width):
        height = max(1, round(picture.height * width / picture.width))
        small = picture.resize((width, height), Image.Resampling.LANCZOS) if width < picture.width else picture
        body = BytesIO()
        small.save(body, "WEBP", quality=QUALITY, method=4)
        yield Size(width, height, body.getvalue())
