"""What the rating page shows: documents on one side, one point of the instrument on the other."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assessments.domain.instrument import Group
from workflows.domain.states import State
from workflows.domain.transitions import RATE, REVISE_RATING, SUBMIT_REVIEW
from workflows.forms.reviews import NOT_APPLICABLE, OpinionForm, RatingForm
from workflows.queries.folders import Folder
from workflows.queries.rating import Progress, Row, progress, row_of, rows_of
from workflows.queries.submitted import Paper, newest_submitted, papers, sections
from workflows.views.doors import still_needed
from workflows.views.pieces import breadcrumb, status
from workflows.views.places import Places
from workflows.views.points import evidence_words, icon_of, item_words, rating_words
from workflows.views.sheets import leaf_of, whole

END = "hand-in"


@dataclass(frozen=True)
class Place:
    """Where on the page the person is: the point, and the document version and page beside it."""

    point: str
    doc: int | None
    page: int

    def url(self, case: int, *, anchor: str = "", **changes: Any) -> str:
        """The page's address with some of it changed."""
        parts = {"point": self.point, "doc": self.doc, "page": self.page} | changes
        if not parts["doc"]:
            parts["doc"] = parts["page"] = None
        query = urlencode({key: value for key, value in parts.items() if value})
        return f"{reverse('workflows:review', args=[case])}?{query}{'#' + anchor if anchor else ''}"


def place_of(folder: Folder, given: dict[str, str]) -> Place:
    """The place a query string or a form names; what it does not know becomes the first point, the form, page 1."""
    groups = folder.instrument.group_of
    keys = {group.key for group in folder.instrument.groups}
    asked, item = given.get("point", ""), given.get("item", "")
    first = folder.instrument.groups[0].key
    point = groups[item].key if item in groups else (asked if asked in keys | {END} else first)
    doc, page = given.get("doc", ""), given.get("page", "")
    return Place(point, whole(doc), whole(page) or 1)


def can_rate(folder: Folder) -> bool:
    """Whether ratings save themselves: the review is not handed in and the case is being reviewed."""
    review = folder.own_review
    return review is not None and review.submitted_at is None and State(folder.case.state) in RATE.sources


def can_revise(folder: Folder) -> bool:
    """Whether a rating handed in may still be changed with a reason."""
    review = folder.own_review
    handed_in = review is not None and review.submitted_at is not None
    return handed_in and State(folder.case.state) in REVISE_RATING.sources


def rating_context(
    folder: Folder,
    place: Place,
    *,
    typed: tuple[str, RatingForm] | None = None,
    opinion: OpinionForm | None = None,
    refused: list[dict[str, str]] | None = None,
) -> dict[str, Any]:
    """Everything the page needs; ``typed`` is an indicator's form that was not taken."""
    known = papers(folder)
    by_version = {paper.version: paper for paper in known}
    group = next((group for group in folder.instrument.groups if group.key == place.point), None)
    return {
        **progress_context(folder, place),
        "status": status(folder.case),
        "breadcrumb": breadcrumb(folder, {"label": _("My review")}),
        "source": _source(folder, place, known),
        "papers": known,
        "group": _group_words(group) if group else None,
        "items": [
            item_context(folder, row, place, by_version, typed=typed)
            for row in (rows_of(folder, group) if group else [])
        ],
        "opinion": opinion or OpinionForm(),
        "refused": refused or [],
        "needed": _needed(folder, place) if place.point == END and can_rate(folder) else [],
    }


def _needed(folder: Folder, place: Place) -> list[dict[str, str]]:
    """What keeps the review from being handed in; a missing reason leads to its indicator."""
    rows = still_needed(folder, SUBMIT_REVIEW)
    for row in rows:
        if row["item"] in folder.instrument.items:
            row["text"] = f"{row['item']}: {row['text']}"
            row["url"] = place.url(
                folder.case.pk, point=folder.instrument.group_of[row["item"]].key, anchor=row["item"]
            )
    return rows


def progress_context(folder: Folder, place: Place) -> dict[str, Any]:
    """The bar of points, how far each is, and what is missing with links."""
    points = [_point(folder, place, entry) for entry in progress(folder)]
    done, asked = sum(point["answered"] for point in points), sum(point["asked"] for point in points)
    here = next((place_ for place_, point in enumerate(points) if point["current"]), len(points))
    return {
        "folder": folder,
        "case": folder.case,
        "review": folder.own_review,
        "rating": can_rate(folder),
        "revising": can_revise(folder),
        "points": points,
        "end": {"url": place.url(folder.case.pk, point=END), "current": place.point == END},
        "done": done,
        "asked": asked,
        "missing": [point for point in points if point["missing"] or point["unreasoned"]],
        "before": points[here - 1] if here > 0 else None,
        "after": points[here + 1] if here + 1 < len(points) else None,
        "place": place,
    }


def _point(folder: Folder, place: Place, entry: Progress) -> dict[str, Any]:
    language, key = get_language() or "en", entry.group.key
    case = folder.case.pk

    def line(item: str) -> dict[str, str]:
        question = folder.instrument.items[item].question.in_(language)
        return {"key": item, "question": question, "url": place.url(case, point=key, anchor=item)}

    return {
        "key": key,
        "title": entry.group.title.in_(language),
        "icon": icon_of(key),
        "url": place.url(case, point=key),
        "current": place.point == key,
        "answered": entry.answered,
        "asked": entry.asked,
        "complete": entry.complete,
        "blocking": entry.blocking,
        "missing": [line(item) for item in entry.missing],
        "unreasoned": [line(item) for item in entry.unreasoned],
        "open": len(entry.missing) + len(entry.unreasoned),
    }


def _group_words(group: Group) -> dict[str, Any]:
    language = get_language() or "en"
    return {
        "key": group.key,
        "icon": icon_of(group.key),
        "title": group.title.in_(language),
        "summary": group.summary.in_(language),
    }


def item_context(
    folder: Folder,
    row: Row,
    place: Place,
    known: dict[int, Paper],
    *,
    typed: tuple[str, RatingForm] | None = None,
) -> dict[str, Any]:
    """One indicator: what it asks, what is given, what was typed and not taken."""
    language, case = get_language() or "en", folder.case.pk
    form = typed[1] if typed and typed[0] == row.item.key else None
    answer = row.answer
    links = evidence_words(list(answer.evidence.all()) if answer else [], known, Places(case))
    for link in links:
        link["view"] = place.url(case, doc=link["version"], page=link["page"] or 1)
    revising = can_revise(folder)
    given = NOT_APPLICABLE if answer and answer.not_applicable else (answer.step if answer else "")
    return {
        **item_words(row.item, folder.instrument, language),
        "row": row,
        "answer": answer,
        "words": rating_words(answer, folder.instrument, language),
        "history": [
            {"answer": past, "words": rating_words(past, folder.instrument, language)} for past in row.history
        ],
        "scale": _scale(folder, form["rating"].value() if form else given),
        "reason": form["reason"].value() if form else ("" if revising or not answer else answer.reason),
        "links": links,
        "form": form,
        "url": reverse("workflows:review-item", args=[case, row.item.key]),
    }


def one_item(folder: Folder, key: str, place: Place, form: RatingForm | None = None) -> dict[str, Any]:
    """One indicator alone, for the answer to a save."""
    known = {paper.version: paper for paper in papers(folder)}
    row = row_of(folder, folder.instrument.items[key])
    return item_context(folder, row, place, known, typed=(key, form) if form else None)


def _scale(folder: Folder, given: Any) -> list[dict[str, Any]]:
    language = get_language() or "en"
    steps = [
        {"value": step.key, "short": step.key, "word": step.label.in_(language), "meaning": step.meaning.in_(language)}
        for step in folder.instrument.scale
    ]
    aside = folder.instrument.not_applicable
    if aside.allowed:
        steps.append(
            {
                "value": NOT_APPLICABLE,
                "short": _("N/A"),
                "word": aside.label.in_(language),
                "meaning": _("with a reason"),
            }
        )
    return [{**step, "checked": step["value"] == given} for step in steps]


def _source(folder: Folder, place: Place, known: list[Paper]) -> dict[str, Any]:
    """The pane beside the form: the application's answers, or one page of a document."""
    language, case = get_language() or "en", folder.case.pk
    labels = {item.code: item.label.in_(language) for step in folder.rules.application.steps for item in step.items}
    shown = next((paper for paper in known if paper.version == place.doc), None)
    newest = newest_submitted(folder)
    return {
        "number": newest.number if newest else None,
        "form_url": place.url(case, doc=None),
        "form_current": shown is None,
        "papers": [
            {
                "paper": paper,
                "label": labels.get(paper.item, paper.item),
                "url": place.url(case, doc=paper.version, page=1),
                "current": shown is not None and paper.version == shown.version,
            }
            for paper in known
        ],
        "sections": sections(folder, language, {"yes": _("yes"), "no": _("no")}) if shown is None else [],
        "shown": _shown(case, place, shown, labels) if shown else None,
    }


def _shown(case: int, place: Place, paper: Paper, labels: dict[str, str]) -> dict[str, Any]:
    def image(page: int) -> str:
        return reverse("workflows:file-page", args=[case, paper.file, paper.number, page])

    def view(page: int) -> str:
        return place.url(case, page=page)

    download = reverse("workflows:file-download", args=[case, paper.file, paper.number])
    return {
        "paper": paper,
        "label": labels.get(paper.item, paper.item),
        "leaf": leaf_of(
            name=paper.name, pages=paper.pages, page=place.page, image=image, view=view, download=download
        ),
        "action": reverse("workflows:review", args=[case]),
        "kept": [("point", place.point), ("doc", paper.version)],
    }
