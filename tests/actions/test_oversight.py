"""What an authority read is one event, in the chain of whoever was read."""

from datetime import datetime
from typing import Any

import pytest

from ethicsreview.accounts.domain import MemberRole, OrganisationKind
from ethicsreview.accounts.models import Organisation, User
from ethicsreview.audit.models import AuditEvent
from ethicsreview.audit.queries import verify_chain
from tests.authorities import make_regulator
from tests.documents import sign
from tests.factories import make_membership, make_organisation
from tests.scenes import Scene, make_scene
from tests.verification_scenes import make_verification_scene
from workflows.actions.oversight import (
    record_case_reading,
    record_report_download,
    record_search,
    record_verification_reading,
)
from workflows.domain.oversight import Part
from workflows.domain.states import State
from workflows.domain.verification_states import VState
from workflows.models import CaseReport

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(now: datetime) -> Scene:
    return make_scene(now)


def office_of(user: User) -> Organisation:
    return user.memberships.get().organisation


def last(chain: str) -> tuple[str, int | None, str, dict[str, Any]]:
    """The newest event: verb, actor, subject, facts."""
    event = AuditEvent.objects.filter(chain=chain).latest("number")
    return event.verb, event.actor, event.subject, event.facts


def test_reading_of_a_case_is_one_event_of_its_host(scene: Scene, now: datetime) -> None:
    case, user = scene.case_in(State.ACCEPTED), make_regulator()
    before = AuditEvent.objects.count()
    details = {"file": 7, "version": 2}
    record_case_reading(case, part=Part.FILES, actor=user, office=office_of(user), now=now, details=details)
    told = {"authority": office_of(user).pk, "part": "files", "reference": case.reference, **details}
    assert last(f"organisation:{scene.host.pk}") == ("case.read", user.pk, f"case:{case.pk}", told)
    assert AuditEvent.objects.count() == before + 1
    assert verify_chain(f"organisation:{scene.host.pk}").ok


def test_reading_of_a_verification_is_one_event_of_the_enterprise(now: datetime) -> None:
    scene, user = make_verification_scene(now), make_regulator()
    row = scene.verification_in(VState.DOCUMENTS)
    before = AuditEvent.objects.count()
    record_verification_reading(row, part=Part.FACTS, actor=user, office=office_of(user), now=now)
    told = {"authority": office_of(user).pk, "part": "facts", "reference": row.reference}
    chain = f"organisation:{scene.enterprise.organisation.pk}"
    assert last(chain) == ("verification.read", user.pk, f"verification:{row.pk}", told)
    assert AuditEvent.objects.count() == before + 1


def test_download_names_the_report(scene: Scene, now: datetime) -> None:
    case, user = scene.case_in(State.APPROVED), make_regulator()
    report = CaseReport.objects.select_related("decision__case__committee").earliest("pk")
    sign(report, scene.host)
    record_report_download(report, actor=user, office=office_of(user), now=now)
    verb, _actor, subject, facts = last(f"organisation:{scene.host.pk}")
    assert (verb, subject) == ("report.downloaded", f"case:{case.pk}")
    assert (facts["report"], facts["kind"], facts["language"]) == (report.pk, report.kind, report.language)


def test_search_is_kept_in_the_authority_s_own_chain(now: datetime) -> None:
    user = make_regulator()
    office = office_of(user)
    second = make_organisation(kind=OrganisationKind.AUTHORITY)
    make_membership(user=user, organisation=second, role=MemberRole.REGULATOR)
    assert record_search(about="cases", filters={"state": "approved"}, actor=user, now=now) == [office, second]
    for one in (office, second):
        told = {"authority": one.pk, "about": "cases", "filters": {"state": "approved"}}
        chain = f"organisation:{one.pk}"
        assert last(chain) == ("oversight.searched", user.pk, chain, told)


def test_search_of_somebody_without_an_authority_is_kept_nowhere(stranger: User, now: datetime) -> None:
    before = AuditEvent.objects.count()
    assert record_search(about="cases", filters={}, actor=stranger, now=now) == []
    assert AuditEvent.objects.count() == before
