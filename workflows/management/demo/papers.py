"""Small real PDFs for the applications to hand in, and drawn logos."""

import io
import os
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.html import escape, linebreaks
from PIL import Image, ImageDraw
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration

from ethicsreview.documents import fonts
from ethicsreview.documents.logo import redraw_logo
from workflows.domain.rulebook import Rulebook

STYLE = """
@page { size: A4; margin: 22mm 20mm; @bottom-center { content: string(foot) " · " counter(page) "/" counter(pages);
  font: 8pt sans-serif; color: #555 } }
body { font: 10.5pt/1.55 sans-serif; color: #111 } h1 { font-size: 18pt; line-height: 1.25 } h2 { font-size: 12pt }
.foot { string-set: foot content(); font-size: 9pt; color: #444 } .page { break-before: page }
"""


def draw_paper(
    paper: Mapping[str, Any], answers: Mapping[str, Any], facts: Mapping[str, str], rules: Rulebook, at: datetime
) -> bytes:
    """The PDF of one document: its words with ``facts`` put in, and the answers to the items its pages name."""
    language = facts["language"]
    words = {**facts, "date": timezone.localtime(at).date().isoformat()}
    pages = ["".join(_part(part, answers, words, rules, language) for part in page) for page in paper["pages"]]
    title = escape(paper["title"][language].format(**words))
    foot = escape(paper["foot"][language].format(**words))
    body = "".join(f'<div class="page">{page}</div>' if place else page for place, page in enumerate(pages))
    html = f'<html lang="{language}"><title>{title}</title><style>{STYLE}</style>'
    html += f'<h1>{title}</h1><p class="foot">{foot}</p>{body}</html>'
    pdf: bytes = HTML(string=html, url_fetcher=_nothing).write_pdf(font_config=_own_fonts())
    return pdf


def _part(part: Any, answers: Mapping[str, Any], words: Mapping[str, str], rules: Rulebook, language: str) -> str:
    """A mapping is text in both languages, a word the code of an item of the application."""
    if isinstance(part, Mapping):
        return linebreaks(part[language].format(**words), autoescape=True)
    if part not in answers:
        return ""
    label = rules.application.item(part).label.in_(language)
    return f"<h2>{escape(label)}</h2>{linebreaks(str(answers[part]), autoescape=True)}"


def _nothing(url: str) -> dict[str, Any]:
    raise ValueError(f"the papers of the demo fetch nothing: {url[:80]}")


@cache
def _own_fonts() -> FontConfiguration:
    """The folder that set-up made; fontconfig reads the variable once."""
    before = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(settings.FONT_DIR / fonts.FONTCONFIG)
    try:
        return FontConfiguration()
    finally:
        if before is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = before


def draw_logo(dark: str, light: str, shape: str) -> bytes:
    """A mark of three waves or of a branching tree, as an upload would be redrawn."""
    picture = Image.new("RGB", (480, 480), "white")
    pen = ImageDraw.Draw(picture)
    pen.ellipse((20, 20, 460, 460), fill=dark)
    if shape == "waves":
        for row in range(3):
            for column in range(3):
                left, top = 75 + column * 110, 150 + row * 75
                pen.arc((left, top, left + 110, top + 70), 180, 360, fill=light, width=18)
    else:
        pen.rectangle((226, 120, 254, 400), fill=light)
        for top, half in ((130, 60), (200, 95), (270, 130)):
            pen.line((240, top, 240 - half, top + 70), fill=light, width=22)
            pen.line((240, top, 240 + half, top + 70), fill=light, width=22)
    drawn = io.BytesIO()
    picture.save(drawn, "PNG")
    return redraw_logo(drawn.getvalue())
