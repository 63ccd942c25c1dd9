"""The case's events in a dossier, in the very bytes their digests were made over: anybody can make them anew.

Each line of ``events.jsonl`` is the canonical form of one event: SHA-256 of the line without its end is the digest
that stands in ``events.sha256`` and, where the next event of the chain is about the case too, in its ``previous``.
"""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from assessments.domain.strict import Text
from ethicsreview.accounts.models import User
from ethicsreview.audit.domain import canonical, organisation_chain
from ethicsreview.audit.models import AuditEvent
from ethicsreview.audit.queries import chain_head
from workflows.domain.archives import LeftOut, Omitted, Standing, Why
from workflows.domain.oversight import READINGS
from workflows.queries.history import OPEN_TO_APPLICANTS, STEPS
from workflows.queries.minutes import person
from workflows.reporting.dossier_course import over
from workflows.reporting.dossier_reader import CaseReader
from workflows.reporting.issued import IssuedFolder
from workflows.reporting.plain import moment
from workflows.reporting.sheets import Block, Cell, Piece, Sheet, json_piece, page_piece, row, shown_at, words
from workflows.wording import VERBS

EVENTS = _("History of the case")
BATCH = 500
VOTES, RATINGS = ("vote.cast", "vote.record"), ("review.rate",)
OWN = OPEN_TO_APPLICANTS | {
    "application.save",
    "application.add_file",
    "application.replace_file",
    "application.remove_file",
    "application.add_team_member",
    "supplement.save",
}


def _of_case(reader: CaseReader) -> QuerySet[AuditEvent]:
    chain = organisation_chain(reader.case.committee.host_id)
    rows = AuditEvent.objects.filter(subject=f"case:{reader.case.pk}", chain=chain, at__lte=reader.folder.now)
    return rows.exclude(verb__in=READINGS).order_by("number")


def whole(reader: CaseReader) -> QuerySet[AuditEvent]:
    """Events open with everything in them: to the committee, and to an authority up to the decision it reads.

    Single votes stay secret until their ballot is decided, single ratings until they may be read; an applicant reads
    in full what the own side did.
    """
    rows = _of_case(reader)
    if reader.standing is Standing.APPLICANT:
        return rows.filter(verb__in=OWN, actor__in=reader.folder.team)
    if reader.standing is Standing.AUTHORITY and not isinstance(reader.found, IssuedFolder):
        return rows.none()
    decided = [motion.pk for motion in reader.found.motions if motion.carried is not None]
    reviews = [review.pk for review in reader.reviews]
    shown = ~Q(verb__in=STEPS) | Q(verb__in=VOTES, facts__motion__in=decided)
    shown |= Q(verb__in=RATINGS, facts__review__in=reviews)
    return rows.filter(shown, at__lte=reader.found.now)


def outlined(reader: CaseReader) -> QuerySet[AuditEvent]:
    """Events of which the reader knows that they happened, not who did them nor what was written with them."""
    seen = whole(reader).order_by().values("pk")
    return _of_case(reader).filter(verb__in=OPEN_TO_APPLICANTS).exclude(pk__in=seen)


def event_pieces(reader: CaseReader) -> list[Piece]:
    """Values, digests, people and one page of the events."""
    title = words(EVENTS)
    return [
        page_piece("audit/history.html", "event", partial(_page, reader), title),
        Piece("audit/events.jsonl", "event", title, None, partial(_forms, reader)),
        Piece("audit/events.sha256", "event", title, None, partial(_digests, reader)),
        Piece("audit/outline.jsonl", "event", title, None, partial(_outlines, reader)),
        json_piece("audit/chain.json", "event", partial(_chain, reader), title),
    ]


def events_left_out(reader: CaseReader) -> list[LeftOut]:
    """The committee is told how many; to others a number would tell how much happened there."""
    found = [LeftOut(Omitted.CHAIN, Why.OTHER_MATTERS)]
    if reader.standing is not Standing.COMMITTEE:
        return [*found, LeftOut(Omitted.ACTS, Why.NOT_YOURS)]
    steps = _of_case(reader).count() - whole(reader).count()
    return [*found, LeftOut(Omitted.STEPS, Why.TOO_SMALL, steps)] if steps else found


def _forms(reader: CaseReader) -> Iterator[bytes]:
    for event in whole(reader).iterator(chunk_size=BATCH):
        form = canonical(
            chain=event.chain,
            number=event.number,
            at=event.at,
            actor=event.actor,
            verb=event.verb,
            subject=event.subject,
            facts=event.facts,
            previous=event.previous,
        )
        yield form + b"\n"


def _digests(reader: CaseReader) -> Iterator[bytes]:
    for number, digest in whole(reader).values_list("number", "digest").iterator(chunk_size=BATCH):
        yield f"{digest}  {number}\n".encode()


def _outlines(reader: CaseReader) -> Iterator[bytes]:
    for event in outlined(reader).iterator(chunk_size=BATCH):
        told = {
            "number": event.number,
            "at": moment(event.at),
            "verb": event.verb,
            "previous": event.previous,
            "digest": event.digest,
        }
        yield (json.dumps(told, ensure_ascii=False) + "\n").encode()


def _chain(reader: CaseReader) -> dict[str, Any]:
    """Where the whole chain stood, for who keeps it to compare; and the people behind the ids in the events."""
    chain = organisation_chain(reader.case.committee.host_id)
    head = chain_head(chain)
    actors = whole(reader).exclude(actor=None).order_by().values_list("actor", flat=True).distinct()
    people = User.objects.filter(pk__in=list(actors)).order_by("pk")
    return {
        "chain": chain,
        "head": {"number": head.number, "sha256": head.digest},
        "form": "JSON, keys sorted, no blanks, UTC microseconds; the digest is SHA-256 of one line without its end",
        "people": [person(one) for one in people],
    }


def _page(reader: CaseReader) -> Sheet:
    full, outline = list(whole(reader)), list(outlined(reader))
    people = User.objects.in_bulk({event.actor for event in full if event.actor})
    named = {event.number: _named(people, event.actor) for event in full}
    rows = tuple(
        row(
            str(event.number),
            shown_at(event.at, reader.zone),
            _verb(event.verb),
            named.get(event.number, ""),
            Cell(event.digest, mono=True),
        )
        for event in sorted([*full, *outline], key=lambda one: one.number)
    )
    heads = tuple(map(words, (_("Number"), _("When"), _("What happened"), _("Who"), _("Digest"))))
    note = _("The numbers are those of the whole chain of the reviewing organisation; its other events are left out.")
    return Sheet(words(EVENTS), over(reader), (Block(words(_("Events")), rows, heads),), words(note))


def _verb(verb: str) -> Text:
    return words(VERBS[verb]) if verb in VERBS else Text(verb, verb)


def _named(people: dict[int, User], actor: int | None) -> Text | str:
    user = people.get(actor) if actor else None
    return Text(user.name_in("en"), user.name_in("zh")) if user else ""
