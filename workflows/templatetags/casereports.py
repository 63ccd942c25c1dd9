"""Values of a case's documents in the language of the document."""

from datetime import timedelta
from fractions import Fraction
from typing import Any

from django import template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from assessments.domain.strict import Text
from ethicsreview.charts.domain import show
from ethicsreview.documents.keys import KeyCode
from ethicsreview.documents.wording import KEYS
from workflows.domain.citations import Citation, chinese_numeral
from workflows.reporting.data import MotionFacts, MotionOutcome, Written
from workflows.wording import CHOICES, MODES, SEAT_ROLES, VERBS

register = template.Library()

REQUIREMENTS = {
    "reasons": pgettext_lazy("requirement", "reasons"),
    "requirements": pgettext_lazy("requirement", "suggestions and requirements for modification"),
    "conditions": pgettext_lazy("requirement", "conditions"),
    "scope": pgettext_lazy("requirement", "scope"),
    "validity": pgettext_lazy("requirement", "period of validity"),
    "appeal_route": pgettext_lazy("requirement", "the way to appeal"),
}
RESULTS = {
    MotionOutcome.CARRIED: pgettext_lazy("motion", "Carried"),
    MotionOutcome.LOST: pgettext_lazy("motion", "Lost"),
    MotionOutcome.WITHDRAWN: pgettext_lazy("motion", "Withdrawn"),
}
TIED = pgettext_lazy("motion", "Lost, tied")
RENDERING = {
    "glyphs_missing": _("The text holds characters that cannot be printed: %(signs)s"),
    "font_missing": _("The fonts of the documents are not installed."),
    "subsetter_missing": _("A library for the fonts of the documents is not installed: libharfbuzz-subset0."),
}
BODIES = {"same_committee": _("the committee that took the decision")}
FORMS = {"written": _("in writing, with reasons")}


def _language() -> str:
    return get_language() or "en"


@register.filter
def said(text: Text | Written) -> str:
    """The text in the document's language."""
    return text.in_(_language())


@register.filter
def cited(citation: Citation | None) -> str:
    """Law and article, or that this system's own rule asks for it."""
    return citation.in_(_language()) if citation else ""


@register.filter
def in_brackets(words: str) -> str:
    """Set apart as the language does it."""
    return f"（{words}）" if _language().startswith("zh") else f" ({words})"


@register.filter
def figure(value: Fraction | None) -> str:
    """Two decimals, cut off; a dash for nothing."""
    return "–" if value is None else show(value)


@register.filter
def share(value: Fraction) -> str:
    """``2/3``, in Chinese 三分之二."""
    if _language().startswith("zh"):
        return f"{chinese_numeral(value.denominator)}分之{chinese_numeral(value.numerator)}"
    return str(value)


@register.filter
def lasting(value: timedelta) -> str:
    """Days and hours, or minutes below an hour."""
    hours, rest = divmod(round(value.total_seconds() / 60), 60)
    days, hours = divmod(hours, 24)
    found = []
    if days:
        found.append(ngettext("%(count)d day", "%(count)d days", days) % {"count": days})
    if hours:
        found.append(ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours})
    if not days and not hours:
        found.append(ngettext("%(count)d minute", "%(count)d minutes", rest) % {"count": rest})
    return " ".join(found)


@register.filter
def choice_word(value: Any) -> str:
    """A vote in words."""
    return str(CHOICES[value])


@register.filter
def role_word(value: Any) -> str:
    """A seat's role in words."""
    return str(SEAT_ROLES[value])


@register.filter
def mode_word(value: Any) -> str:
    """How somebody is present."""
    return str(MODES[value])


@register.filter
def result_word(motion: MotionFacts) -> str:
    """How a motion ended."""
    return str(TIED if motion.tied and motion.outcome is MotionOutcome.LOST else RESULTS[motion.outcome])


@register.filter
def verb_word(value: str) -> str:
    """A step of the procedure in words."""
    return str(VERBS[value])


@register.filter
def requirement_word(value: str) -> str:
    """What a decision must state."""
    return str(REQUIREMENTS[value])


@register.filter
def body_word(value: str) -> str:
    """To whom one appeals."""
    return str(BODIES[value])


@register.filter
def form_word(value: str) -> str:
    """How one appeals."""
    return str(FORMS[value])


@register.filter
def failure_words(error: str) -> str:
    """Why a document could not be made, as ``issuing`` keeps it, in the reader's language."""
    kind, _colon, rest = error.partition(": ")
    code, _colon, more = rest.partition(": ")
    if kind == "cannot_sign" and code in {known.value for known in KeyCode}:
        return str(KEYS[KeyCode(code)])
    if kind == "cannot_render" and code in RENDERING:
        return str(RENDERING[code]) % {"signs": more}
    return error


@register.filter
def column(count: int) -> str:
    """The class of a column that stands beside ``count`` like it."""
    return "w8" if count <= 5 else "w5"


@register.simple_tag
def prose(text: str) -> SafeString:
    """Paragraphs of text by hand, each line its own; marked when it is in the other language."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return format_html_join("", "<p{}>{}</p>", ((_mark(line), line) for line in lines))


@register.simple_tag
def phrase(text: str) -> SafeString:
    """A few words by hand, marked when they are in the other language."""
    mark = _mark(text)
    return format_html("<span{}>{}</span>", mark, text) if mark else conditional_escape(text)


@register.inclusion_tag("reports/_written.html")
def written(text: Written) -> dict[str, object]:
    """Text that may be given in one language only: printed as given, with a note when it is the other one."""
    tongue = text.given_in(_language())
    return {"text": text.in_(_language()), "tongue": tongue, "foreign": tongue[:2] != _language()[:2]}


def _mark(text: str) -> SafeString:
    """A language attribute for text in the other script."""
    chinese = sum("\u3400" <= sign <= "\u9fff" or sign >= "\U00020000" for sign in text)
    latin = sum(sign.isascii() and sign.isalpha() for sign in text)
    here = _language().startswith("zh")
    if chinese and not here and chinese * 2 >= latin / 3:
        return SafeString(' lang="zh-Hans"')
    if here and latin and not chinese:
        return SafeString(' lang="en"')
    return SafeString("")
