"""Photos lose what they tell besides the picture: place, time, camera; they are turned upright first."""

from __future__ import annotations

import io
import struct
import warnings

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from tinhso.kernel.files.types import FileRefused, FileType

MOST_PIXELS = 60_000_000
# What Pillow raises over a picture whose bytes, or the notes in it, are not as they should be.
BROKEN = (UnidentifiedImageError, OSError, EOFError, SyntaxError, ValueError, TypeError, struct.error)
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}


def stripped(content: bytes, kind: FileType) -> bytes:
    """The same picture, upright, without EXIF, GPS, comments or a hidden second picture.

    Raises FileRefused for a picture that cannot be opened or has too many pixels.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _saved(content, FORMATS[kind.media_type])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise _too_many_pixels() from bomb
    except BROKEN as broken:
        raise FileRefused(_("the picture cannot be opened: take or save it anew"), code="file-damaged") from broken


def _saved(content: bytes, name: str) -> bytes:
    with Image.open(io.BytesIO(content), formats=[name]) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise _too_many_pixels()
        upright = ImageOps.exif_transpose(picture)
        clean = Image.new(upright.mode, upright.size)
        if upright.palette is not None:
            clean.putpalette(upright.getpalette() or [])
        clean.paste(upright)
        out = io.BytesIO()
        extra = {"transparency": picture.info["transparency"]} if "transparency" in picture.info else {}
        clean.save(out, name, **({"quality": 90} if name != "PNG" else extra))
    return out.getvalue()


def _too_many_pixels() -> FileRefused:
    return FileRefused(
        _("the picture has more than {most} million pixels: send a smaller one"),
        code="file-too-large",
        status=413,
        most=MOST_PIXELS // 1_000_000,
    )
