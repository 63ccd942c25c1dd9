"""One page as a picture: what a reader sees beside a form, free of everything active in the file."""

import io
import math
from typing import BinaryIO

import pypdfium2
from PIL import Image

from ethicsreview.files.domain.kinds import Family, Kind

WIDTH = 1400  # pixels; sharp on a phone and in half a desktop
HEIGHT = 6000
MOST_PIXELS = 4_000_000
PLAIN_SIZE = 1_500_000  # bytes; above it the picture is reduced to 256 colours


class NoSuchPage(Exception):
    """The file has no page of that number, or no pages that could be shown."""


def picture(stream: BinaryIO, kind: Kind, page: int) -> bytes:
    """Page ``page`` (from 1) as PNG, within ``WIDTH``, ``HEIGHT`` and ``MOST_PIXELS``. Raises ``NoSuchPage``."""
    if kind.family is Family.PDF:
        return _png(_pdf_page(stream, page))
    if kind.family is Family.IMAGE and page == 1:
        return _png(_image(stream, kind))
    raise NoSuchPage(page)


def _scale(width: float, height: float) -> float:
    """From the page's own units to pixels, within all three limits."""
    return min(WIDTH / width, HEIGHT / height, math.sqrt(MOST_PIXELS / (width * height)))


def _pdf_page(stream: BinaryIO, number: int) -> Image.Image:
    document = pypdfium2.PdfDocument(stream)
    document.init_forms()  # filled-in fields are drawn; this build of PDFium has no script engine
    if not 1 <= number <= len(document):
        raise NoSuchPage(number)
    page = document[number - 1]
    width, height = page.get_size()
    image: Image.Image = page.render(scale=_scale(max(width, 1), max(height, 1))).to_pil()
    return image


def _image(stream: BinaryIO, kind: Kind) -> Image.Image:
    image = Image.open(stream, formats=[kind.code.upper()])
    scale = min(1.0, _scale(image.width, image.height))
    size = (max(1, int(image.width * scale)), max(1, int(image.height * scale)))
    mode = "RGBA" if image.has_transparency_data else "RGB"
    return image.convert(mode).resize(size, Image.Resampling.LANCZOS)


def _png(image: Image.Image) -> bytes:
    plain = _saved(image)
    return plain if len(plain) <= PLAIN_SIZE else _saved(image.convert("RGB").quantize(256))


def _saved(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
