"""``{% icon "check" %}``: a sign of the sprite, silent for a screen reader unless it has a label."""

from functools import lru_cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def icon(name: str, label: Any = "", classes: str = "") -> SafeString:
    """The sign of this name; a page shows hundreds, so the silent ones are put together once in a process."""
    if not label:
        return _silent(name, classes)
    drawn = '<svg class="icon{}{}" focusable="false" role="img" aria-label="{}"><use href="{}#{}"></use></svg>'
    return format_html(drawn, " " if classes else "", classes, label, _sprite(), name)


@lru_cache(maxsize=512)
def _silent(name: str, classes: str) -> SafeString:
    drawn = '<svg class="icon{}{}" focusable="false" aria-hidden="true"><use href="{}#{}"></use></svg>'
    return format_html(drawn, " " if classes else "", classes, _sprite(), name)


@lru_cache(maxsize=1)
def _sprite() -> str:
    return static("icons.svg")
