"""The look holds: tokens, contrast, icons, and shared partials that render soundly in both languages."""

import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.template import loader
from django.utils import translation

from tests.web.style_guide import EN, ZH, guide, icon_names

STATIC: Path = settings.BASE_DIR / "ethicsreview" / "static"
TEMPLATES: Path = settings.BASE_DIR / "templates"
TOKENS = (STATIC / "css/tokens.css").read_text()
SITE = (STATIC / "css/site.css").read_text()
VOID = {"meta", "link", "input", "br", "hr", "img", "path", "circle", "rect", "use"}
TEXTS = ["--ink", "--ink-soft", "--accent", "--accent-strong", "--good", "--warn", "--bad", "--info"]
GROUNDS = ["--paper", "--paper-soft", "--paper-sunk"]


def _tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"(--[a-z0-9-]+):\s*([^;]+);", block))


def _blocks() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    light, chosen, wished = re.findall(r":root(?:\[data-theme=\"\w+\"\])? \{(.*?)\}", TOKENS, re.DOTALL)
    return _tokens(light), _tokens(chosen), _tokens(wished)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _themes() -> list[dict[str, str]]:
    light, dark, _ = _blocks()
    return [light, {**light, **dark}]


def test_dark_tokens_are_the_same_when_chosen_and_when_wished() -> None:
    _, chosen, wished = _blocks()
    assert chosen == wished


def test_dark_tokens_replace_every_colour() -> None:
    light, chosen, _ = _blocks()
    colours = {name for name, value in light.items() if value.startswith("#") or name.startswith("--shadow")}
    assert set(chosen) == colours


def test_stylesheet_uses_only_tokens_that_exist() -> None:
    light, _, _ = _blocks()
    assert set(re.findall(r"var\((--[a-z0-9-]+)", SITE)) - set(light) == set()


def test_stylesheet_fetches_nothing() -> None:
    assert re.findall(r"@import|url\(", SITE + TOKENS) == []


@pytest.mark.parametrize("theme", _themes(), ids=["light", "dark"])
def test_text_colours_reach_four_and_a_half_to_one(theme: dict[str, str]) -> None:
    pairs = [(text, ground) for text in TEXTS for ground in GROUNDS]
    pairs += [(f"--{tone}", f"--{tone}-soft") for tone in ("accent", "good", "warn", "bad", "info")]
    pairs += [("--ink", f"--{tone}-soft") for tone in ("accent", "good", "warn", "bad", "info")]
    pairs += [("--ink-soft", f"--{tone}-soft") for tone in ("accent", "good", "warn", "bad", "info")]
    pairs += [("--on-accent", "--accent"), ("--on-accent", "--accent-strong"), ("--on-bad", "--bad")]
    weak = [(text, ground) for text, ground in pairs if _contrast(theme[text], theme[ground]) < 4.5]
    assert weak == []


@pytest.mark.parametrize("theme", _themes(), ids=["light", "dark"])
def test_outlines_and_chart_colours_reach_three_to_one(theme: dict[str, str]) -> None:
    names = ["--edge", "--focus", *(f"--series-{number}" for number in range(1, 9))]
    weak = [(name, ground) for name in names for ground in GROUNDS if _contrast(theme[name], theme[ground]) < 3]
    assert weak == []


def test_templates_name_only_icons_that_exist() -> None:
    named: set[str] = set()
    for template in TEMPLATES.rglob("*.html"):
        named.update(re.findall(r'_icon\.html" with name="([a-z-]+)"', template.read_text()))
    assert named - set(icon_names()) == set()


def test_screen_templates_hold_no_inline_style_or_script() -> None:
    screens = [path for path in TEMPLATES.rglob("*.html") if not {"reports", "mail"} & set(path.parts)]
    found = [
        (path.name, text)
        for path in screens
        for text in re.findall(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=", path.read_text())
        if path.name != "print.html"
    ]
    assert found == []


class _Page(HTMLParser):
    """What a page's soundness is read from."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.wanted: set[str] = set()
        self.open: list[str] = []
        self.crossed: list[str] = []
        self.headings: list[str] = []
        self.nameless: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if "id" in values:
            self.ids.append(values["id"])
        for name in ("for", "aria-describedby", "aria-labelledby", "aria-controls"):
            self.wanted.update(values.get(name, "").split())
        if tag == "a" and values.get("href", "").startswith("#"):
            self.wanted.add(values["href"][1:])
        if tag in {"progress", "meter", "nav"} and "aria-label" not in values:
            self.nameless.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and self.open.pop() != tag:
            self.crossed.append(tag)

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "h1":
            self.headings.append(data)


@pytest.mark.parametrize("bound", [False, True], ids=["fresh", "with errors"])
@pytest.mark.parametrize(("language", "words"), [("en", EN), ("zh-hans", ZH)])
def test_style_guide_is_sound(language: str, words: dict[str, str], bound: bool) -> None:
    with translation.override(language):
        page = _Page(loader.render_to_string("portal/style_guide.html", guide(language, bound=bound)))
    assert page.headings == [words["title"]]
    assert page.crossed == []
    assert page.open == []
    assert page.nameless == []
    assert sorted(page.ids) == sorted(set(page.ids))
    assert page.wanted - set(page.ids) == set()


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html"])
def test_error_page_renders_knowing_nothing(name: str) -> None:
    page = _Page(loader.render_to_string(name))
    assert len(page.headings) == 1
    assert page.crossed == []
    assert page.open == []


def test_date_field_speaks_the_format_of_browsers_in_both_languages() -> None:
    written = {}
    for language in ("en", "zh-hans"):
        with translation.override(language):
            form = guide(language, bound=False)["form"]
            form.initial = {"first_use": date(2026, 6, 3)}
            written[language] = re.findall(r'value="(2026[^"]*)"', str(form["first_use"]))
    assert written == {"en": ["2026-06-03"], "zh-hans": ["2026-06-03"]}
