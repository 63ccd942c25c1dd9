"""A computation asked for as JSON and answered as JSON, the same for a self-check and for the copy in a report.

In: ``{"instrument", "version", "reference_date", "legal_entity", "target", "dcmm_policy", "dcmm", "items"}``. Out:
``tier``, ``gates``, ``binding``, ``blocking``, ``index``, ``capped``, ``levels``, ``complete``, ``provisional`` and,
when an answer is missing, ``bounds``; exact numbers as ``"p/q"``, displayed ones cut, never rounded.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from assessments.domain.claims import Claim, ClaimSource, Party, Policy, Proof, proof
from assessments.domain.scoring import Gate, Ratings, Result, Verdict, result, set_aside_faults
from assessments.domain.staged import DcmmGate, StagedInstrument
from assessments.domain.strict import Bad, Reader

_REQUIRED = {"instrument", "version", "items"}
_OPTIONAL = {"reference_date", "legal_entity", "target", "dcmm_policy", "dcmm"}
_CERTIFICATE = {"edition", "party", "source", "level", "legal_entity", "issued", "expires"}

Library = Callable[[str, int], StagedInstrument]


@dataclass(frozen=True)
class Request:
    """One computation. ``claim`` without a source is a level taken as proved: ``proved``."""

    instrument: StagedInstrument
    ratings: Ratings
    target: int
    day: date | None
    legal_entity: str
    policy: Policy
    claim: Claim | None
    proved: int | None


def read_request(content: Any, library: Library) -> Request:
    """The computation that ``content`` asks for. Raises ``Bad``, whose ``path`` names the place at fault.

    ``library`` gives an instrument by slug and version and raises ``KeyError`` for one it does not have.
    """
    top = _keys(Reader(content), required=_REQUIRED, optional=_OPTIONAL)
    slug, version = top.get("instrument").string(), top.get("version").integer(least=1)
    try:
        instrument = library(slug, version)
    except KeyError:
        raise top.get("instrument").bad(f"no instrument {slug!r} version {version}") from None
    claim, proved = _dcmm(_given(top, "dcmm"), instrument)
    day = _day(_given(top, "reference_date"))
    if claim is not None and claim.source is ClaimSource.CERTIFICATE and day is None:
        raise Bad("reference_date", "a certificate is measured at this day")
    return Request(
        instrument=instrument,
        ratings=_ratings(top.get("items"), instrument),
        target=_target(_given(top, "target"), instrument),
        day=day,
        legal_entity=_string(_given(top, "legal_entity")),
        policy=_policy(_given(top, "dcmm_policy")),
        claim=claim,
        proved=proved,
    )


def compute(request: Request) -> dict[str, Any]:
    """The answer as plain values."""
    known = proved_level(request)
    found = result(request.instrument, request.ratings, dcmm=known.level, target=request.target)
    return answer(found, provisional=known.provisional)


def proved_level(request: Request) -> Proof:
    """The DCMM level that counts."""
    gate = request.instrument.dcmm
    if gate is None:
        return Proof(0)
    if request.proved is not None:
        return Proof(request.proved)
    return proof(
        request.claim, gate, legal_entity=request.legal_entity, day=request.day, policy=request.policy, verified=False
    )


def answer(found: Result, *, provisional: bool) -> dict[str, Any]:
    """A result as plain values; without a missing answer there are no bounds, with one there is nothing else."""
    verdict = found.verdict
    return {
        "tier": verdict.tier if verdict else None,
        "gates": _gates(verdict) if verdict else None,
        "binding": [gate.value for gate in verdict.binding] if verdict else [],
        "blocking": list(verdict.blocking) if verdict else [],
        "index": exact(verdict.index) if verdict else None,
        "index_display": cut(verdict.index) if verdict else None,
        "capped": {str(k): exact(value) for k, value in verdict.capped.items()} if verdict else None,
        "capped_display": {str(k): cut(value) for k, value in verdict.capped.items()} if verdict else None,
        "levels": dict(found.lower.levels),
        "complete": found.complete,
        "provisional": provisional,
        "bounds": None if verdict else {"lower": _bound(found.lower), "upper": _bound(found.upper)},
    }


def exact(number: Fraction) -> str:
    """``p/q`` in lowest terms, whole numbers too."""
    return f"{number.numerator}/{number.denominator}"


def cut(number: Fraction, places: int = 2) -> str:
    """Decimal digits cut off after ``places``: 2.798 is written 2.79."""
    whole = number.numerator * 10**places // number.denominator
    return f"{whole // 10**places}.{whole % 10**places:0{places}d}"


def _gates(verdict: Verdict) -> dict[str, int | None]:
    return {gate.value: verdict.gates.get(gate) for gate in Gate}


def _bound(verdict: Verdict) -> dict[str, Any]:
    return {"tier": verdict.tier, "index": exact(verdict.index)}


def _keys(reader: Reader, *, required: Collection[str], optional: Collection[str]) -> Reader:
    """The reader, once all keys are known and none is missing; the path at fault ends in the key."""
    for key, entry in reader.pairs():
        if key not in required and key not in optional:
            raise entry.bad("unknown key")
    for key in sorted(set(required) - set(reader.value)):
        raise Bad(f"{reader.path}.{key}" if reader.path else key, "missing")
    return reader


def _given(reader: Reader, key: str) -> Reader | None:
    """The reader of an entry; None where there is none or it holds null."""
    found = reader.maybe(key)
    return None if found is None or found.value is None else found


def _ratings(reader: Reader, instrument: StagedInstrument) -> Ratings:
    if not isinstance(reader.value, dict):
        raise reader.bad("expected a mapping")
    steps: dict[str, str] = {}
    aside: set[str] = set()
    for key, value in reader.value.items():
        if key not in instrument.items:
            raise Bad(f"{reader.path}.{key}", "no such item")
        if _item(value, key, f"{reader.path}.{key}", instrument, steps):
            aside.add(key)
    if faulty := set_aside_faults(instrument, frozenset(aside)):
        raise Bad(f"{reader.path}.{faulty[0]}.na", "this item cannot be set aside, or too much weight would be")
    return Ratings(steps, frozenset(aside))


def _item(value: Any, key: str, path: str, instrument: StagedInstrument, steps: dict[str, str]) -> bool:
    """Take one item's ratings into ``steps``; True when it is set aside instead."""
    if value is None:
        return False
    if not isinstance(value, dict):
        raise Bad(path, "expected a mapping")
    for name in value:
        if name not in {"ratings", "na"}:
            raise Bad(f"{path}.{name}", "unknown key")
    rated = _steps(value.get("ratings"), key, path, instrument, steps)
    reason = value.get("na")
    if reason is None:
        return False
    if rated:
        raise Bad(f"{path}.na", "an item is either rated or set aside")
    if not isinstance(reason, str) or not reason.strip():
        raise Bad(f"{path}.na", "the reason is missing")
    return True


def _steps(ratings: Any, item: str, path: str, instrument: StagedInstrument, steps: dict[str, str]) -> int:
    """Take the ratings that are given into ``steps``; how many there are."""
    if ratings is None:
        return 0
    if not isinstance(ratings, dict):
        raise Bad(f"{path}.ratings", "expected a mapping")
    criteria, scale, before = instrument.criteria, instrument.steps, len(steps)
    for key, step in ratings.items():
        known = criteria.get(key)
        if known is None or known.item != item:
            raise Bad(f"{path}.ratings.{key}", "no such criterion of this item")
        if step is None:
            continue
        if not isinstance(step, str) or step not in scale:
            raise Bad(f"{path}.ratings.{key}", f"not one of {', '.join(scale)}")
        steps[key] = step
    return len(steps) - before


def _target(reader: Reader | None, instrument: StagedInstrument) -> int:
    if reader is None:
        return instrument.highest
    found = reader.integer(least=1)
    if found > instrument.highest:
        raise reader.bad(f"there are {instrument.highest} tiers")
    return found


def _day(reader: Reader | None) -> date | None:
    if reader is None:
        return None
    text = reader.string()
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise reader.bad(f"{text!r} is not a day") from None
    if found.isoformat() != text:
        raise reader.bad(f"{text!r} is not written as YYYY-MM-DD")
    return found


def _string(reader: Reader | None) -> str:
    return "" if reader is None else reader.string()


def _policy(reader: Reader | None) -> Policy:
    return Policy.CERTIFICATE_OR_FINDING if reader is None else reader.member(Policy)


def _dcmm(reader: Reader | None, instrument: StagedInstrument) -> tuple[Claim | None, int | None]:
    """A claim, or the level taken as proved."""
    if reader is None:
        return None, None
    gate = instrument.dcmm
    if gate is None:
        raise reader.bad("this instrument asks for no DCMM level")
    if isinstance(reader.value, dict) and set(reader.value) == {"level"}:
        return None, _level(reader.get("level"), gate)
    _keys(reader, required={"level", "source"}, optional=_CERTIFICATE)
    source = reader.get("source").member(ClaimSource)
    if source is ClaimSource.CERTIFICATE:
        _keys(reader, required=_CERTIFICATE, optional=())
    party = reader.maybe("party")
    issued, expires = _day(reader.maybe("issued")), _day(reader.maybe("expires"))
    if issued is not None and expires is not None and expires < issued:
        raise reader.get("expires").bad("before it was issued")
    claim = Claim(
        source=source,
        level=_level(reader.get("level"), gate),
        edition=_string(reader.maybe("edition")),
        party=party.member(Party) if party else None,
        legal_entity=_string(reader.maybe("legal_entity")),
        issued=issued,
        expires=expires,
    )
    return claim, None


def _level(reader: Reader, gate: DcmmGate) -> int:
    found = reader.integer(least=0)
    if found > len(gate.levels):
        raise reader.bad(f"there are {len(gate.levels)} DCMM levels")
    return found
