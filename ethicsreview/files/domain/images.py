"""Pictures: decoded once in full, so that what is kept is what a viewer will see."""

from typing import BinaryIO

from PIL import Image

from ethicsreview.files.domain.kinds import BadFile, Fault, Kind

MOST_PIXELS = 40_000_000
BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, OverflowError)  # what decoders raise


def check_image(stream: BinaryIO, kind: Kind) -> None:
    """Raises ``BadFile`` (TOO_MANY_PIXELS, DAMAGED). Only the decoder of ``kind`` is ever tried."""
    try:
        with Image.open(stream, formats=[kind.code.upper()]) as image:
            if image.width * image.height > MOST_PIXELS:
                raise BadFile(Fault.TOO_MANY_PIXELS, most=MOST_PIXELS)
            image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise BadFile(Fault.TOO_MANY_PIXELS, most=MOST_PIXELS) from None
    except BROKEN:
        raise BadFile(Fault.DAMAGED, ending=kind.code) from None
