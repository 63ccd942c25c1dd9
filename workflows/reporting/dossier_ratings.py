"""The ratings in a dossier: every one that counted, with its reason and evidence, as CSV, as values, and in words."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.domain.cells import harmless
from assessments.domain.instrument import Item
from assessments.domain.strict import Text
from assessments.models import Answer
from workflows.models import Review
from workflows.queries.minutes import person
from workflows.reporting.dossier_course import over
from workflows.reporting.dossier_reader import CaseReader
from workflows.reporting.naming import both
from workflows.reporting.plain import moment
from workflows.reporting.sheets import Block, Piece, Sheet, json_piece, page_piece, row, shown_at, words

RATINGS = _("Ratings")
COLUMNS = (
    "indicator",
    "point",
    "reviewer",
    "reviewer_name",
    "step",
    "value",
    "not_applicable",
    "reason",
    "evidence",
    "at",
    "stands",
)


@dataclass(frozen=True)
class Given:
    """One rating; ``stands`` unless a later one of the same reviewer took its place."""

    review: Review
    item: Item
    answer: Answer
    stands: bool


def rating_pieces(reader: CaseReader) -> list[Piece]:
    """Nothing while no review may be read."""
    if not reader.reviews:
        return []
    given, title = _given(reader), words(RATINGS)
    return [
        page_piece("ratings/ratings.html", "rating", partial(_page, reader, given), title),
        json_piece("ratings/ratings.json", "rating", partial(_values, reader, given), title),
        Piece("ratings/ratings.csv", "rating", title, None, partial(_csv, reader, given)),
    ]


def _given(reader: CaseReader) -> list[Given]:
    """Ratings that were handed in, and those revised after, in the order of the instrument; drafts before are not."""
    by_assessment = {review.assessment_id: review for review in reader.reviews}
    rows = Answer.objects.filter(assessment__in=by_assessment, at__lte=reader.found.now).with_evidence()
    found: dict[tuple[str, int], list[Answer]] = {}
    for answer in rows.order_by("pk"):
        found.setdefault((answer.item, answer.assessment_id), []).append(answer)
    return [
        Given(review, item, answer, answer is counted[-1])
        for key, item in reader.folder.instrument.items.items()
        for pk, review in by_assessment.items()
        if (counted := _counted(found.get((key, pk), []), review))
        for answer in counted
    ]


def _counted(answers: list[Answer], review: Review) -> list[Answer]:
    """The last one before the review was handed in, and every one after."""
    later = [one for one in answers if review.submitted_at is not None and one.at > review.submitted_at]
    before = answers[: len(answers) - len(later)]
    return [*before[-1:], *later]


def _values(reader: CaseReader, given: list[Given]) -> dict[str, Any]:
    instrument = reader.folder.instrument
    return {
        "instrument": {"slug": instrument.slug, "version": instrument.version},
        "scale": {step.key: str(step.value) for step in instrument.scale},
        "reviews": [
            {"person": person(one.user), "submitted_at": moment(one.submitted_at), "opinion": one.opinion}
            for one in reader.reviews
        ],
        "ratings": [
            {
                "indicator": one.item.key,
                "point": instrument.group_of[one.item.key].key,
                "reviewer": one.review.user_id,
                "step": one.answer.step or None,
                "not_applicable": one.answer.not_applicable,
                "reason": one.answer.reason,
                "evidence": _evidence(one.answer),
                "at": moment(one.answer.at),
                "stands": one.stands,
            }
            for one in given
        ],
    }


def _evidence(answer: Answer) -> list[dict[str, Any]]:
    return [
        {
            "document": link.version.name,
            "version": link.version.number,
            "sha256": link.version.sha256,
            "page": link.page,
            "note": link.note,
        }
        for link in answer.evidence.all()
    ]


def _csv(reader: CaseReader, given: list[Given]) -> Iterator[bytes]:
    """With a byte order mark, so that a spreadsheet reads the Chinese."""
    yield "\ufeff".encode()
    for line in (COLUMNS, *(_row(reader, one) for one in given)):
        buffer = io.StringIO()
        csv.writer(buffer).writerow([harmless(str(cell)) for cell in line])
        yield buffer.getvalue().encode()


def _row(reader: CaseReader, one: Given) -> tuple[object, ...]:
    instrument, answer = reader.folder.instrument, one.answer
    step = instrument.steps.get(answer.step)
    cited = [f"{each['document']} v{each['version']} p. {each['page'] or '-'}" for each in _evidence(answer)]
    return (
        one.item.key,
        instrument.group_of[one.item.key].key,
        one.review.user_id,
        one.review.user.name,
        answer.step,
        step.value if step else "",
        "yes" if answer.not_applicable else "no",
        answer.reason,
        "; ".join(cited),
        moment(answer.at),
        "yes" if one.stands else "no",
    )


def _page(reader: CaseReader, given: list[Given]) -> Sheet:
    opinions = Block(
        words(_("Reviewers")),
        tuple(row(both(one.user), shown_at(one.submitted_at, reader.zone), one.opinion) for one in reader.reviews),
        tuple(map(words, (_("Reviewer"), pgettext_lazy("review", "Handed in"), _("Overall opinion")))),
    )
    groups = reader.folder.instrument.groups
    points = [_point(reader, group.title, [one for one in given if one.item in group.items]) for group in groups]
    return Sheet(words(RATINGS), over(reader), (opinions, *(block for block in points if block.rows)))


def _point(reader: CaseReader, title: Text, given: list[Given]) -> Block:
    heads = (pgettext_lazy("rating", "Indicator"), _("Reviewer"), _("Rating"), _("Reason"), _("Evidence"))
    rows = tuple(
        row(
            Text(f"{one.item.key} {one.item.question.en}", f"{one.item.key} {one.item.question.zh}"),
            both(one.review.user),
            _said(reader, one),
            one.answer.reason,
            "\n".join(
                f"{link['document']} v{link['version']}, {link['page'] or '–'}" for link in _evidence(one.answer)
            ),
        )
        for one in given
    )
    return Block(title, rows, tuple(map(words, heads)))


def _said(reader: CaseReader, one: Given) -> Text:
    instrument, answer = reader.folder.instrument, one.answer
    step = instrument.steps.get(answer.step)
    said = step.label if step else instrument.not_applicable.label if answer.not_applicable else words(_("Open"))
    if one.stands:
        return said
    return words(_("%(rating)s, revised later"), rating=said)
