"""Enterprises that assess their maturity: an assessment begun, filled to given levels with its evidence, handed in."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from assessments.actions.evidence import ClaimFacts, claim_dcmm
from assessments.actions.starting import Outline, start_self_assessment
from assessments.actions.submitting import submit_self_assessment
from assessments.domain.claims import ClaimSource, Party
from assessments.domain.digests import content_digest
from assessments.domain.enterprises import Size
from assessments.domain.staged import StagedInstrument
from assessments.models import Answer, DcmmClaim, Evidence, EvidenceLink, InstrumentVersion, SelfAssessment, Snapshot
from assessments.queries import load_staged
from assessments.queries.maturity import MaturityFolder, day_of, of_person
from ethicsreview.accounts.domain import MemberRole
from ethicsreview.accounts.models import Organisation, User
from tests.driven import driven_once
from tests.editions import content_of
from tests.factories import make_organisation, make_person

STAGED = {"aim-dcmm": 910_001, "dcmm-2018": 910_002, "dcmm-2025": 910_003, "model-service": 910_004}
CREDIT_CODE = "91310000MA1FL8XQ30"


@dataclass(frozen=True)
class Enterprise:
    """An enterprise with who leads its assessments, a colleague, and somebody else who may read them."""

    organisation: Organisation
    lead: User
    colleague: User
    reader: User


@driven_once
def make_enterprise(name: str = "Heron Robotics", name_zh: str = "苍鹭机器人") -> Enterprise:
    """Three people with the enterprise role at one enterprise."""
    organisation = make_organisation(name=name, name_zh=name_zh, province="310000", sector="manufacturing")
    people = [
        make_person(role=MemberRole.ENTERPRISE, organisation=organisation, name=en, name_zh=zh)
        for en, zh in (("Lin Lead", "林负责"), ("Hu Helper", "胡协助"), ("Qi Reader", "齐旁读"))
    ]
    return Enterprise(organisation, *people)


def publish_staged(slug: str = "aim-dcmm", *, now: datetime) -> InstrumentVersion:
    """A staged instrument of the house, published under an id that is the same in every test."""
    content = content_of(f"instruments/{slug}.v1.yaml")
    version, _new = InstrumentVersion.objects.get_or_create(
        slug=content["slug"],
        version=content["version"],
        defaults={"pk": STAGED[slug], "digest": content_digest(content), "content": content, "published_at": now},
    )
    return version


def outline(**changes: object) -> Outline:
    """A large manufacturer that aims at tier 3."""
    values: dict[str, object] = {
        "legal_entity": "Heron Robotics Co., Ltd.",
        "entity_code": CREDIT_CODE,
        "scope": "All plants in Shanghai.",
        "sector": "manufacturing",
        "size": Size.LARGE,
        "target": 3,
    }
    return Outline(**values | changes)  # type: ignore[arg-type]


def make_self_assessment(
    enterprise: Enterprise | None = None,
    *,
    instrument: str = "aim-dcmm",
    follows: SelfAssessment | None = None,
    now: datetime,
    **changes: object,
) -> SelfAssessment:
    """An empty assessment led by the enterprise's lead; ``changes`` go to its ``Outline``."""
    who = enterprise or make_enterprise()
    version = publish_staged(instrument, now=now)
    return start_self_assessment(
        who.organisation, version, outline(**changes), follows=follows, actor=who.lead, now=now
    )


def levels_of(instrument: StagedInstrument, level: int, **others: int) -> dict[str, int]:
    """Every item at ``level`` but for ``others``, whose keys are written ``i7_2=2``."""
    named = {key.removeprefix("i").replace("_", "."): value for key, value in others.items()}
    return {key: named.get(key, level) for key in instrument.items}


def fill(
    row: SelfAssessment,
    levels: int | Mapping[str, int],
    *,
    evidence: bool = True,
    claim: bool = True,
    but: Collection[str] = (),
    now: datetime,
) -> None:
    """Answer everything asked so that each item reaches its level: the rows that the actions add, at once.

    Criteria up to the level are met fully, those of the next are not met; those named in ``but`` are left as they
    are. With ``evidence`` four pieces that meet every need stand for all that is met; with ``claim`` a certificate of
    level 4 is claimed.
    """
    instrument = load_staged(row.assessment.instrument_version)
    wanted = levels_of(instrument, levels) if isinstance(levels, int) else dict(levels)
    steps: dict[str, str] = {}
    for key, item in instrument.items.items():
        for number, cell in enumerate(item.cells[: min(wanted[key] + 1, row.target)], start=1):
            step = instrument.best if number <= wanted[key] else instrument.scale[0].key
            steps |= {one.key: step for one in cell if one.key not in but}
    Answer.objects.bulk_create(
        Answer(assessment=row.assessment, item=key, step=step, reason="As filed.", by=row.lead, at=now)
        for key, step in steps.items()
    )
    if evidence and instrument.evidence is not None:
        prove(row, [key for key, step in steps.items() if step == instrument.best], now=now)
    if claim and instrument.dcmm is not None:
        claim_certificate(row, now=now)


def prove(row: SelfAssessment, criteria: list[str], *, now: datetime) -> list[Evidence]:
    """Four pieces of different kinds, dated a month ago, that together meet every need of these criteria."""
    dated = day_of(now) - timedelta(days=30)
    kinds = ("document", "record", "measurement", "outside")
    pieces = Evidence.objects.bulk_create(
        Evidence(
            self_assessment=row,
            kind=kind,
            title=f"Proof by {kind}",
            dated=dated,
            periods=2 if kind == "measurement" else 0,
            reference=f"Archive {number}",
            confidential=kind == "measurement",
            added_by=row.lead,
            added_at=now,
        )
        for number, kind in enumerate(kinds, start=1)
    )
    EvidenceLink.objects.bulk_create(
        EvidenceLink(evidence=piece, criterion=key, added_by=row.lead, added_at=now)
        for piece in pieces
        for key in criteria
    )
    return pieces


def certificate(row: SelfAssessment, level: int = 4, **changes: object) -> ClaimFacts:
    """A certificate of this level that counts today: the owner's, of the same entity, valid for three years."""
    values: dict[str, object] = {
        "source": ClaimSource.CERTIFICATE,
        "level": level,
        "edition": "2018",
        "party": Party.OWNER,
        "legal_entity": row.legal_entity,
        "certificate": "DCMM-2025-0042",
        "body": "Harbour Certification",
        "issued": date(2025, 3, 1),
        "expires": date(2028, 2, 29),
    }
    return ClaimFacts(**values | changes)  # type: ignore[arg-type]


def claim_certificate(row: SelfAssessment, level: int = 4, *, now: datetime, **changes: object) -> DcmmClaim:
    """The lead claims a level by certificate."""
    return claim_dcmm(row.pk, certificate(row, level, **changes), actor=row.lead, now=now)


def folder_of(row: SelfAssessment, user: User | None = None, *, now: datetime) -> MaturityFolder:
    """The assessment as this person, or its lead, stands to it; read afresh."""
    reader = user or row.lead
    found = of_person(SelfAssessment.objects.all(), reader, day_of(now)).get(pk=row.pk)
    return MaturityFolder(found, user=reader, now=now)


@driven_once
def make_submitted(
    enterprise: Enterprise | None = None,
    levels: int | Mapping[str, int] = 3,
    *,
    now: datetime,
    **changes: object,
) -> Snapshot:
    """An assessment filled to these levels and handed in."""
    row = make_self_assessment(enterprise, now=now, **changes)
    fill(row, levels, now=now)
    return submit_self_assessment(row.pk, actor=row.lead, now=now)
