"""What the comparison shows: the profile, the points, each indicator with every reviewer's rating, what blocks."""

from enum import StrEnum
from fractions import Fraction
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from assessments.domain.profile import GroupValue
from ethicsreview.charts.domain import Axis, show
from ethicsreview.charts.radar import radar
from workflows.queries.comparison import Blocked, Compared, Comparison, Fate, Given, compare
from workflows.queries.folders import Folder
from workflows.queries.submitted import Paper, papers
from workflows.views.pieces import breadcrumb, status
from workflows.views.places import Places
from workflows.views.points import evidence_words, icon_of, item_words, rating_words


class Show(StrEnum):
    """Which indicators the table holds."""

    ALL = "all"
    DIFFERING = "differing"
    GATES = "gates"
    ZEROS = "zeros"


def _kept(row: Compared, which: Show) -> bool:
    if which is Show.DIFFERING:
        return row.divided
    if which is Show.GATES:
        return row.gate
    return row.blocked if which is Show.ZEROS else True


def blind_context(folder: Folder) -> dict[str, Any]:
    """Who has handed in, and nothing of what."""
    language = get_language() or "en"
    return {
        "case": folder.case,
        "status": status(folder.case),
        "breadcrumb": breadcrumb(folder, {"label": _("Comparison of reviews")}),
        "people": [
            {
                "name": review.user.name_in(language),
                "chip": _("Handed in") if review.submitted_at else _("Reviewing"),
                "tone": "good" if review.submitted_at else "active",
            }
            for review in folder.reviews
        ],
    }


def comparison_context(folder: Folder, asked: str, places: Places | None = None) -> dict[str, Any]:
    """The whole page; an unknown filter shows all. ``places`` is where a reader who is no party finds the parts."""
    places = places or Places(folder.case.pk)
    which = Show(asked) if asked in set(Show) else Show.ALL
    found, language = compare(folder), get_language() or "en"
    known = {paper.version: paper for paper in papers(folder)}
    rows = [row for row in found.rows if _kept(row, which)]
    return {
        "folder": folder,
        "case": folder.case,
        "status": status(folder.case),
        "breadcrumb": breadcrumb(folder, {"label": _("Comparison of reviews")}),
        "chart": _chart(folder, language),
        "points": [_point(folder, value, language) for value in folder.profile.groups],
        "reviewers": [
            {"name": review.user.name_in(language), "opinion": review.opinion, "at": review.submitted_at}
            for review in found.reviews
        ],
        "rows": [_row(folder, row, known, places) for row in rows],
        "blocked": [_block(folder, block, language) for block in found.blocked],
        "tabs": _tabs(found, which, places),
        "highest": int(folder.instrument.highest),
    }


def _tabs(found: Comparison, which: Show, places: Places) -> list[dict[str, Any]]:
    labels = {
        Show.ALL: pgettext("indicators", "All"),
        Show.DIFFERING: pgettext("indicators", "Reviewers differ"),
        Show.GATES: pgettext("indicators", "Gates"),
        Show.ZEROS: pgettext("indicators", "Standing blocks"),
    }
    path = places.comparing()
    return [
        {
            "label": label,
            "url": f"{path}?show={show_}#indicators",
            "current": show_ is which,
            "count": sum(_kept(row, show_) for row in found.rows),
        }
        for show_, label in labels.items()
    ]


def _chart(folder: Folder, language: str) -> Any:
    titles = {group.key: group.title.in_(language) for group in folder.instrument.groups}
    axes = [Axis(v.key, titles[v.key], v.value, v.lowest, v.highest) for v in folder.profile.groups]
    title = _("Profile over the points")
    return radar(axes, maximum=int(folder.instrument.highest), title=title, language=language)


def _point(folder: Folder, value: GroupValue, language: str) -> dict[str, Any]:
    group = next(group for group in folder.instrument.groups if group.key == value.key)
    return {
        "title": group.title.in_(language),
        "icon": icon_of(value.key),
        "value": _shown(value.value),
        "lowest": _shown(value.lowest),
        "highest": _shown(value.highest),
        "answered": value.coverage.answered,
        "asked": value.coverage.asked,
    }


def _shown(value: Fraction | None) -> str:
    return "—" if value is None else show(value)


def _row(folder: Folder, row: Compared, known: dict[int, Paper], places: Places) -> dict[str, Any]:
    language = get_language() or "en"
    return {
        **item_words(row.item, folder.instrument, language),
        "icon": icon_of(row.group),
        "gate": row.gate,
        "blocked": row.blocked,
        "divided": row.divided,
        "spread": show(row.spread, 0 if row.spread.denominator == 1 else 2) if row.spread else "",
        "given": [_given(folder, entry, known, places) for entry in row.given],
    }


def _given(folder: Folder, entry: Given, known: dict[int, Paper], places: Places) -> dict[str, Any]:
    answer, language = entry.answer, get_language() or "en"
    return {
        "name": entry.review.user.name_in(language),
        "words": rating_words(answer, folder.instrument, language),
        "reason": answer.reason if answer else "",
        "links": evidence_words(list(answer.evidence.all()) if answer else [], known, places),
        "history": [
            {"answer": past, "words": rating_words(past, folder.instrument, language)} for past in entry.history
        ],
    }


def _block(folder: Folder, block: Blocked, language: str) -> dict[str, Any]:
    tones = {Fate.STANDING: "bad", Fate.REVISED: "good", Fate.RESOLVED: "good"}
    labels = {
        Fate.STANDING: pgettext("block", "Standing"),
        Fate.REVISED: pgettext("block", "Revised by the reviewer"),
        Fate.RESOLVED: _("Resolved by motion %(number)s") % {"number": block.motion.number if block.motion else ""},
    }
    return {
        "key": block.item.key,
        "question": block.item.question.in_(language),
        "name": block.reviewer.name_in(language),
        "reason": block.answer.reason,
        "label": labels[block.fate],
        "tone": tones[block.fate],
        "why": block.motion.text if block.motion else "",
        "at": block.revised_at or (block.motion.closed_at if block.motion else None),
    }
