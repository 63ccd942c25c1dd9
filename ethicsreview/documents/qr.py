"""The QR code on a document."""

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

QUIET_ZONE = 2  # modules; paper around the code adds the rest


def qr_svg(url: str, *, label: str = "") -> SafeString:
    """``url`` as an inline SVG; ``label`` is its alternative text, the address itself when empty."""
    code = segno.make(url, error="m", micro=False)
    width, height = code.symbol_size(border=QUIET_ZONE)
    path = "".join(
        f"M{column} {row}h1v1h-1z"
        for row, line in enumerate(code.matrix_iter(border=QUIET_ZONE))
        for column, dark in enumerate(line)
        if dark
    )
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="qr" role="img" viewBox="0 0 {} {}"'
        ' width="{}" height="{}"><title>{}</title><path d="{}"/></svg>',
        width,
        height,
        width * 4,
        height * 4,
        label or url,
        mark_safe(path),  # noqa: S308  made of digits and path letters above
    )
