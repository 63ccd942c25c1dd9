"""Tens of thousands of cases of a thousand committees: how quickly lists, searches and pages answer to each role."""

import argparse
import http.client
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from io import StringIO
from statistics import median
from typing import Any
from urllib.parse import urlencode

from django.core.management import call_command
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from benches.clients import Browser
from benches.copies import STRIDE, Group, copy, everything, last_ids, pointing, unguarded
from benches.installation import web
from benches.measuring import taken
from ethicsreview.accounts.domain import MemberRole, OrganisationKind, Reach
from ethicsreview.accounts.models import Membership, Organisation, User
from ethicsreview.celery import app
from ethicsreview.documents.authority import issue_demo_key
from tests.factories import PASSWORD, make_organisation, make_person
from tests.scenes import Scene, make_scene
from tests.verification_scenes import VerificationScene, make_verification_scene
from workflows.domain.states import State
from workflows.domain.verification_states import VState
from workflows.models import Case, Certificate, Committee, Seat

EACH = (State.SUBMITTED, State.REVIEWING, State.APPROVED, State.APPROVED, State.REFUSED)  # the cases of one copy
PER_COMMITTEE, PER_COMPANY, PER_VERIFICATION = 100, 20, 100  # cases
YEAR = 525_600  # minutes over which the cases were submitted
KINDS = (
    "胸片筛查 Chest images",
    "信贷评分 Credit scoring",
    "客服助手 Service assistant",
    "质检视觉 Visual inspection",
    "招聘初筛 Screening of applicants",
    "驾驶辅助 Driver assistance",
    "语音转写 Speech to text",
)
PLACES = ("110000", "310000", "330000", "440000", "510000")
AIMS = {"list": (100, 15), "detail": (35, 25), "dashboard": (60, 15), "search": (100, 15)}  # milliseconds, queries


@dataclass(frozen=True)
class Page:
    """One address and what it is measured against."""

    name: str
    kind: str
    path: str


@dataclass(frozen=True)
class Reader:
    """Somebody with a role, None for the public, and what that person opens."""

    role: str
    user: User | None
    pages: list[Page]


def main(asked: argparse.Namespace) -> int:
    """1 when a page does not answer."""
    app.conf.task_always_eager = True  # documents of the few cases that are copied are made here and now
    readers = furnish(asked.cases)
    with web() as port:
        held = [look(reader, page, port, asked.times) for reader in readers for page in reader.pages]
    print("all pages answered" if all(held) else "A PAGE DID NOT ANSWER")
    return 0 if all(held) else 1


# -- what there is ---------------------------------------------------------------------------------------------------


def furnish(cases: int) -> list[Reader]:
    """A committee, a body and their cases by the actions, then copies of them; and who reads them."""
    now = timezone.now()
    before = last_ids()
    scene = make_scene(now - timedelta(days=1))
    issue_demo_key(scene.host.pk, scene.host.name, now=now - timedelta(days=2))
    for state in EACH:
        scene.case_in(state)
    groups = groups_of(scene, cases)
    groups["case"].take(*everything(before))
    between = last_ids()
    verified = make_verification_scene(now - timedelta(days=30))
    issue_demo_key(verified.host.pk, verified.host.name, now=now - timedelta(days=40))
    verified.verification_in(VState.CERTIFIED)
    lines = Group("n")
    lines.take(*people_of(verified.enterprise.organisation), *everything(between))
    begun = time.perf_counter()
    with unguarded():
        written = fill(groups, lines, cases)
    took = time.perf_counter() - begun
    print(f"{Case.objects.count():,} cases of {Committee.objects.count():,} committees, ", end="")
    print(f"{Organisation.objects.count():,} organisations, {Certificate.objects.count():,} certificates: ", end="")
    print(f"{written:,} rows copied in {took:.0f} s", flush=True)
    return readers(scene, verified, now)


def groups_of(scene: Scene, cases: int) -> dict[str, Group]:
    """The committee with its host and people, the company that applies, the cases."""
    committees, companies = cases // PER_COMMITTEE, cases // PER_COMPANY
    host, company, case = Group(f"mod(n, {committees})"), Group(f"mod(n, {companies})"), Group("n")
    host.take(*people_of(scene.host), Committee.objects.all(), Seat.objects.all())
    company.take(*people_of(scene.company))
    return {"host": host, "company": company, "case": case}


def people_of(organisation: Organisation) -> list[QuerySet[Any]]:
    """The organisation, its people and their roles."""
    held = Membership.objects.filter(organisation=organisation)
    return [
        Organisation.objects.filter(pk=organisation.pk),
        User.objects.filter(pk__in=held.values("user")),
        held,
    ]


def fill(groups: dict[str, Group], lines: Group, cases: int) -> int:
    """All the copies; how many rows."""
    host, company, case = groups["host"], groups["company"], groups["case"]
    for table in host.ids:
        case.ids.pop(table, None)  # the case's tables but the committee's own
    committees, companies = cases // PER_COMMITTEE, cases // PER_COMPANY
    copies = cases // len(EACH) - 1
    named = places()
    whole = replace(host, number="n"), replace(company, number="n")
    written = copy(whole[0], [], committees - 1, named)
    written += copy(whole[1], [], companies - 1, named)
    written += copy(case, [host, company], copies, told_apart([host, company]), minutes=max(1, YEAR // copies))
    return written + copy(lines, [], cases // PER_VERIFICATION, named | told_apart([lines]), minutes=30)


def places() -> dict[tuple[str, str], str]:
    """Names and places of organisations, committees and people."""
    return {
        ("accounts_organisation", "name"): "o.name || ' ' || n",
        ("accounts_organisation", "name_zh"): "o.name_zh || n || '号'",
        ("accounts_organisation", "province"): f"(ARRAY{list(PLACES)})[1 + mod(n, {len(PLACES)})]",
        ("accounts_user", "email"): "'p' || o.id || '-' || n || '@example.test'",
        ("workflows_committee", "code"): "o.code || n",
        ("workflows_committee", "name"): "o.name || ' ' || n",
        ("workflows_committee", "name_zh"): "o.name_zh || n || '号'",
    }


def told_apart(groups: Sequence[Group]) -> dict[tuple[str, str], str]:
    """What no two cases may share, what they are called, and what is not a reference to the database but is one."""
    chain = pointing("split_part(o.chain, ':', 2)::bigint", Organisation, groups)
    subject = f"split_part(o.subject, ':', 1) || ':' || (split_part(o.subject, ':', 2)::bigint + n::bigint * {STRIDE})"
    unlike = "md5(o.id || '-' || n) || md5(n || '-' || o.id)"
    return {
        ("workflows_case", "reference"): "o.reference || '-' || n",
        ("workflows_case", "title"): f"(ARRAY{list(KINDS)})[1 + mod(n, {len(KINDS)})] || ' ' || n",
        ("workflows_meeting", "number"): "o.number + n * 10",
        ("workflows_verification", "reference"): "o.reference || '-' || n",
        ("workflows_certificate", "number"): "o.number || '-' || n",
        ("assessments_selfassessment", "reference"): "o.reference || '-' || n",
        ("files_fileversion", "path"): "o.path || '-' || n",
        ("documents_signeddocument", "code"): "upper(left(md5(o.id || '-' || n), length(o.code)))",
        ("documents_signeddocument", "sha256"): unlike,
        ("documents_signeddocument", "subject"): subject,
        ("documents_signeddocument", "content"): "'\\x00'::bytea",  # documents without their bytes
        ("audit_auditevent", "chain"): f"'organisation:' || {chain}",
        ("audit_auditevent", "number"): "o.number + n::bigint * 1000",
        ("audit_auditevent", "actor"): pointing("o.actor", User, groups),
        ("audit_auditevent", "subject"): subject,
        ("audit_auditevent", "previous"): unlike,
        ("audit_auditevent", "digest"): unlike,
    }


# -- who reads -------------------------------------------------------------------------------------------------------


def readers(scene: Scene, verified: VerificationScene, now: datetime) -> list[Reader]:
    """People of the first copies, two authorities, the public."""
    day = timezone.localdate(now)

    def authority(name: str, reach: Reach, province: str = "") -> User:
        office = make_organisation(kind=OrganisationKind.AUTHORITY, name=name, reach=reach, province=province)
        return make_person(role=MemberRole.REGULATOR, organisation=office, name=name)

    national, provincial = authority("Nation", Reach.NATIONAL), authority("Shanghai", Reach.PROVINCE, "310000")
    for what in ("for the first time", "again"):
        took = taken(lambda: call_command("rebuild_figures", stdout=StringIO())) / 1000
        print(f"figures of both authorities, {what}: counted in {took:.1f} s", flush=True)
    secretary, member, lead = (
        User.objects.get(pk=one.pk + STRIDE) for one in (scene.secretary, scene.members[0], scene.lead)
    )
    enterprise = User.objects.get(pk=verified.lead.pk + STRIDE)
    parties = [("secretary", secretary), ("member", member), ("applicant", lead)]
    return [
        *(Reader(role, user, party_pages(Case.objects.party_to(user, day))) for role, user in parties),
        Reader("enterprise", enterprise, [Page("its assessments", "list", "/maturity/")]),
        *(
            Reader(role, user, oversight_pages(Case.objects.supervised_by(user, day)))
            for role, user in (("regulator, nation", national), ("regulator, province", provincial))
        ),
        Reader("public", None, public_pages()),
    ]


def mark(rows: QuerySet[Case]) -> str:
    """The oldest of these, as the pages after which nothing follows name it."""
    oldest = rows.order_by("changed_at", "pk")[0]
    return urlencode({"newer": f"{oldest.changed_at.isoformat()}~{oldest.pk}"})


def party_pages(rows: QuerySet[Case]) -> list[Page]:
    """Of somebody who works with cases."""
    decided = rows.filter(state=State.APPROVED.value).order_by("-changed_at")[0]
    return [
        Page("home", "list", "/"),
        Page("cases, first page", "list", "/cases/"),
        Page("cases, last page", "list", f"/cases/?{mark(rows)}"),
        Page("cases, approved", "list", "/cases/?state=approved"),
        Page("search 胸片筛查", "search", f"/search/?{urlencode({'kind': 'cases', 'text': '胸片筛查'})}"),
        Page("a decided case", "detail", f"/cases/{decided.pk}/"),
    ]


def oversight_pages(rows: QuerySet[Case]) -> list[Page]:
    """Of an authority."""
    decided = rows.filter(state=State.APPROVED.value).order_by("-changed_at")[0]
    asked = {"kind": "cases", "text": "胸片筛查"}
    return [
        Page("desk", "dashboard", "/regulator/"),
        Page("figures", "dashboard", "/regulator/figures/"),
        Page("cases, first page", "list", "/regulator/cases/"),
        Page("cases, last page", "list", f"/regulator/cases/?{mark(rows)}"),
        Page("cases, approved", "list", "/regulator/cases/?state=approved"),
        Page("search 胸片筛查", "search", f"/search/?{urlencode(asked)}"),
        Page(
            "search one word of one case", "search", f"/search/?{urlencode({'kind': 'cases', 'text': decided.title})}"
        ),
        Page("search with a filter", "search", f"/search/?{urlencode({**asked, 'state': 'approved'})}"),
        Page("a decided case", "detail", f"/regulator/cases/{decided.reference}/"),
    ]


def public_pages() -> list[Page]:
    """Of anybody."""
    return [
        Page("certificates", "list", "/register/"),
        Page("certificates, by name", "list", f"/register/?{urlencode({'text': 'Heron'})}"),
        Page("committees", "list", "/register/committees/"),
        Page("decisions", "list", "/register/decisions/"),
    ]


# -- how quickly -----------------------------------------------------------------------------------------------------


def look(reader: Reader, page: Page, port: int, times: int) -> bool:
    """One line: median, 95th of a hundred, queries, against the aims; whether the page answered."""
    browser = Browser(port)
    if reader.user is not None:
        browser.sign_in(reader.user.email, PASSWORD)
    if browser.get(page.path).status != http.client.OK:
        print(f"FAULT: {reader.role}, {page.path}: {browser.get(page.path).status}")
        return False
    took = sorted(taken(lambda: browser.get(page.path)) for _ in range(times))
    middle, late = median(took), took[min(len(took) - 1, len(took) * 95 // 100)]
    asked, (quick, few) = queries(reader, page), AIMS[page.kind]
    kept = "" if middle < quick and asked <= few else f"   AIM {quick} ms, {few} queries"
    print(f"{reader.role:20} {page.name:28} p50 {middle:7.1f}  p95 {late:7.1f} ms {asked:3} queries{kept}", flush=True)
    return True


def queries(reader: Reader, page: Page) -> int:
    """How many one request asks, sessions and the like included."""
    client = Client(HTTP_HOST="127.0.0.1")
    if reader.user is not None:
        client.force_login(reader.user, backend="ethicsreview.accounts.middleware.PersonBackend")
    client.get(page.path, secure=True)
    with CaptureQueriesContext(connection) as asked:
        client.get(page.path, secure=True)
    return len(asked)
