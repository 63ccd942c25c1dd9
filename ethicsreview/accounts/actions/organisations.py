"""How an organisation's own data change."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from ethicsreview.accounts.domain import OrganisationKind, Problem, Reach, Refused
from ethicsreview.accounts.models import Organisation, User
from ethicsreview.accounts.queries import may_manage
from ethicsreview.accounts.steps import assign, changed_facts, created_facts, organisation_entry, weighty
from ethicsreview.audit.steps import record_all


@dataclass(frozen=True)
class OrganisationData:
    """What the operator says of an organisation; ``covered`` are ids, for a listed reach."""

    kind: OrganisationKind
    name: str
    name_zh: str = ""
    credit_code: str = ""
    province: str = ""
    sector: str = ""
    reach: Reach = Reach.NONE
    covered: Collection[int] = ()

    def columns(self) -> dict[str, str]:
        """The plain columns, by name."""
        return {
            "kind": self.kind.value,
            "name": self.name,
            "name_zh": self.name_zh,
            "credit_code": self.credit_code,
            "province": self.province,
            "sector": self.sector,
            "reach": self.reach.value,
        }


@transaction.atomic(durable=True)
def save_organisation(
    organisation_id: int | None, *, data: OrganisationData, actor: User, now: datetime
) -> Organisation:
    """Make an organisation (``organisation_id`` is None) or change one; the operator alone. Raises ``Refused``.

    Saving what is already there writes nothing and records nothing.
    """
    if not actor.is_staff:
        raise Refused(Problem.NOT_ALLOWED)
    if organisation_id is None:
        organisation = Organisation.objects.create(**data.columns())
        organisation.covered.set(data.covered)
        facts = created_facts(organisation, data.covered)
        _record("organisation.created", organisation, actor=actor, now=now, **facts)
        return organisation
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
    was, listed = weighty(organisation), sorted(organisation.covered.values_list("pk", flat=True))
    changed = _assign(organisation, data.columns())
    if listed != sorted(data.covered):
        organisation.covered.set(data.covered)
        changed.append("covered")
    if changed:
        facts = changed_facts(organisation, changed, was, data.covered)
        _record("organisation.changed", organisation, actor=actor, now=now, **facts)
    return organisation


@transaction.atomic(durable=True)
def edit_letterhead(
    organisation_id: int,
    *,
    name: str,
    name_zh: str,
    letterhead_en: str,
    letterhead_zh: str,
    actor: User,
    now: datetime,
) -> Organisation:
    """Change what stands on the organisation's documents; its managers and the operator. Raises ``Refused``."""
    organisation = _locked(organisation_id, actor=actor, now=now)
    columns = {"name": name, "name_zh": name_zh, "letterhead_en": letterhead_en, "letterhead_zh": letterhead_zh}
    changed = _assign(organisation, columns)
    if changed:
        _record("organisation.changed", organisation, actor=actor, now=now, changed=changed)
    return organisation


@transaction.atomic(durable=True)
def set_logo(organisation_id: int, *, png: bytes, actor: User, now: datetime) -> Organisation:
    """Put ``png`` on the organisation's documents, or take the logo away with ``b""``. Raises ``Refused``.

    ``png`` has been redrawn by ``documents.logo.redraw_logo``; bytes of an upload never get here.
    """
    organisation = _locked(organisation_id, actor=actor, now=now)
    if bytes(organisation.logo) == png:
        return organisation
    organisation.logo = png
    organisation.save(update_fields=["logo"])
    digest = hashlib.sha256(png).hexdigest() if png else ""
    _record("organisation.changed", organisation, actor=actor, now=now, changed=["logo"], logo_sha256=digest)
    return organisation


def _locked(organisation_id: int, *, actor: User, now: datetime) -> Organisation:
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
    if not may_manage(actor, organisation_id, localdate(now)):
        raise Refused(Problem.NOT_ALLOWED)
    return organisation


def _assign(organisation: Organisation, columns: dict[str, str]) -> list[str]:
    changed = assign(organisation, columns)
    if changed:
        organisation.save(update_fields=changed)
    return changed


def _record(verb: str, organisation: Organisation, *, actor: User, now: datetime, **facts: Any) -> None:
    record_all([organisation_entry(verb, organisation, actor=actor, now=now, facts=facts)])
