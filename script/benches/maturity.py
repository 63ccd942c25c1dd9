"""A full self-assessment over HTTP: opened, saved by one and by many at once, verified until its report is signed."""

import argparse
import http.client
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from io import StringIO
from itertools import count, cycle
from statistics import median

from django.core.management import CommandError, call_command
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from assessments.actions.contributors import name_contributor
from assessments.domain.maturity_gaps import ANSWER
from assessments.models import Answer, SelfAssessment
from assessments.queries.maturity import one_round
from benches.clients import Answered, Browser
from benches.installation import web, worker
from benches.measuring import measured, told
from ethicsreview.accounts.domain import MemberRole
from ethicsreview.accounts.models import User
from ethicsreview.audit.models import AuditEvent
from ethicsreview.documents.authority import issue_demo_key
from tests.factories import PASSWORD, make_person
from tests.maturity_scenes import fill, folder_of, make_enterprise, make_self_assessment
from tests.verification_scenes import Course, make_verification_scene
from workflows.domain.verification_states import VState
from workflows.models import Verification, VerificationReport

CLIENTS = (1, 4, 8, 16)
TOP = 5
SEEN = re.compile(r'name="seen"[^>]* value="(\d*)"')
MINE = re.compile(r'value="(mine:\d+)"')
STEPS = "FL"  # both attain a level, so no question opens or closes
SIGNED_WITHIN = 120  # seconds


def main(asked: argparse.Namespace) -> int:
    """1 when a check does not hold."""
    office = furnish()
    with web() as port:
        people = [Browser(port) for _ in office.people]
        for browser, user in zip(people, office.people, strict=True):
            browser.sign_in(user.email, PASSWORD)
        opening(office, people[0], asked.times)
        saving(office, people[0], asked.times)
        warm(office, people)
        held = [at_once(office, people[:number], asked.seconds, shared=False) for number in CLIENTS]
        held += [at_once(office, people[:number], asked.seconds, shared=True) for number in CLIENTS]
    if asked.documents:
        held.append(documents(asked.documents))
    held.append(chains_hold())
    print("all checks hold" if all(held) else "A CHECK DOES NOT HOLD")
    return 0 if all(held) else 1


@dataclass(frozen=True)
class Office:
    """One assessment and those who may answer all of it, its lead first."""

    row: SelfAssessment
    people: list[User]
    criteria: list[str]

    def path(self, name: str, *more: str) -> str:
        return reverse(f"assessments:{name}", args=[self.row.pk, *more])


def furnish() -> Office:
    """Every criterion up to the highest tier is met, with four pieces of evidence for each."""
    now = timezone.now() - timedelta(hours=1)
    who = make_enterprise()
    row = make_self_assessment(who, target=TOP, now=now)
    fill(row, TOP, now=now)
    folder = folder_of(row, now=now)
    dimensions = [one.key for one in folder.instrument.dimensions]
    colleagues = [
        make_person(role=MemberRole.ENTERPRISE, organisation=who.organisation, name=f"Colleague {number}")
        for number in range(1, CLIENTS[-1])
    ]
    for user in colleagues:
        name_contributor(row.pk, user, dimensions, actor=row.lead, now=now)
    links = sum(len(piece.links.all()) for piece in folder.evidence)
    given = f"{len(folder.answers)} of {len(folder.instrument.criteria)} criteria answered"
    print(f"{given}, {len(folder.evidence)} pieces of evidence, {links} links, {1 + len(colleagues)} people")
    return Office(row, [row.lead, *colleagues], list(folder.instrument.criteria))


# -- one person ------------------------------------------------------------------------------------------------------


def opening(office: Office, browser: Browser, times: int) -> None:
    """The overview, the largest dimension, the result with all 28 items by 5 levels."""
    dimensions = [one.key for one in folder_of(office.row, now=timezone.now()).instrument.dimensions]
    sizes = {key: len(browser.get(office.path("dimension", key)).text) for key in dimensions}
    largest = max(sizes, key=sizes.__getitem__)
    measured("open the overview", lambda: opened(browser, office.path("self-assessment")), times)
    path = office.path("dimension", largest)
    measured(f"open {largest}, {sizes[largest] / 1000:.0f} kB", lambda: opened(browser, path), times)
    measured("open the result, every item by level", lambda: opened(browser, office.path("result")), times)
    every = [office.path("dimension", key) for key in dimensions]
    measured(f"open all {len(every)} dimensions in turn", lambda: opened(browser, *every), times)


def opened(browser: Browser, *paths: str) -> None:
    """One page after another."""
    for path in paths:
        answered = browser.get(path)
        if answered.status != http.client.OK:
            raise RuntimeError(f"{path}: {answered.status}")


def saving(office: Office, browser: Browser, times: int) -> None:
    """One answer as the page saves by itself, and one by the button without scripts."""
    pen = Pen(office, browser, office.criteria[-1], "single")
    measured("save an answer by htmx", pen.save, times)
    measured("save an answer by form", pen.save_by_form, times)
    pen.end()


@dataclass
class Pen:
    """One person saving one criterion over and over, each time another rating and note."""

    office: Office
    browser: Browser
    criterion: str
    name: str
    seen: str = ""
    accepted: list[str] = field(default_factory=list)  # their notes, no two alike
    statuses: Counter[int] = field(default_factory=Counter)
    took: list[float] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    steps: Iterator[str] = field(default_factory=lambda: cycle(STEPS))

    def __post_init__(self) -> None:
        self.seen = str(one_round(self.office.row.assessment_id)[self.criterion].pk)

    def save(self) -> None:
        """By htmx; where somebody was quicker, mine is saved over theirs after it was shown."""
        fields = {"step": next(self.steps), "reason": f"{self.name}, {next(self.numbers):06}", "shown": str(TOP)}
        answered = self._send({**fields, "seen": self.seen}, htmx=True)
        while answered.status == http.client.CONFLICT and (pick := MINE.search(answered.text)):
            answered = self._send({**fields, "seen": self.seen, "pick": pick[1]}, htmx=True)
        if answered.status == http.client.OK and (seen := SEEN.search(answered.text)):
            self.seen = seen[1]
            self.accepted.append(fields["reason"])

    def save_by_form(self) -> None:
        fields = {"step": next(self.steps), "reason": f"{self.name}, {next(self.numbers):06}", "seen": self.seen}
        answered = self._send(fields, htmx=False)
        if answered.status != http.client.FOUND:
            raise RuntimeError(f"a plain form was answered with {answered.status}")
        self.seen = str(newest(self.office.row, self.criterion).pk)

    def end(self) -> None:
        """Nothing but saves."""
        if set(self.statuses) - {http.client.OK, http.client.FOUND}:
            raise RuntimeError(f"answered {dict(self.statuses)}")

    def _send(self, fields: dict[str, str], *, htmx: bool) -> Answered:
        begun = time.perf_counter()
        answered = self.browser.post(self.office.path("criterion", self.criterion), fields, htmx=htmx)
        self.took.append((time.perf_counter() - begun) * 1000)
        self.statuses[answered.status] += 1
        return answered


def newest(row: SelfAssessment, criterion: str) -> Answer:
    """What stands."""
    return Answer.objects.filter(assessment=row.assessment_id, item=criterion).latest("pk")


# -- many at once ----------------------------------------------------------------------------------------------------


def at_once(office: Office, people: Sequence[Browser], seconds: float, *, shared: bool) -> bool:
    """As many saves as go in the time, then what became of them; whether all checks hold."""
    keys = office.criteria[:: len(office.criteria) // CLIENTS[-1]]
    where = "one criterion" if shared else "own criteria"
    run = f"{where}, {len(people)} at once"  # in every note, so that no run says what another has said
    pens = [
        Pen(office, browser, keys[0 if shared else number], f"{run}, client {number:02}")
        for number, browser in enumerate(people)
    ]
    last_answer = Answer.objects.aggregate(last=Max("pk"))["last"]
    last_event = AuditEvent.objects.aggregate(last=Max("pk"))["last"]
    took = together([pen.save for pen in pens], seconds)
    accepted = sum(len(pen.accepted) for pen in pens)
    times = [one for pen in pens for one in pen.took]
    overtaken = sum(pen.statuses[http.client.CONFLICT] for pen in pens)
    print(
        f"save, {len(pens):2} at once, {where}: {accepted / took:6.1f} a second, {accepted} saved, "
        f"{overtaken} shown another's first; a request {median(times):.1f} ms, slowest {max(times):.0f}",
        flush=True,
    )
    faults = [*found_in(pens, shared=shared), *lost(pens, last_answer), *recorded(office, last_answer, last_event)]
    for fault in faults:
        print(f"  FAULT: {fault}")
    return not faults


def warm(office: Office, people: Sequence[Browser]) -> None:
    """Every web process has read the instrument and the templates before anything is counted."""
    keys = zip(people, office.criteria, strict=False)
    together([Pen(office, browser, key, f"Warming up {key}").save for browser, key in keys], 2)


def together(works: Sequence[Callable[[], None]], seconds: float) -> float:
    """Each work over and over in a thread of its own, from the same moment on; the seconds it took until all ended."""
    start = threading.Barrier(len(works) + 1)
    until = [0.0]

    def run(work: Callable[[], None]) -> None:
        start.wait()
        while time.perf_counter() < until[0]:
            work()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    begun = time.perf_counter()
    until[0] = begun + seconds
    start.wait()
    for thread in threads:
        thread.join()
    return time.perf_counter() - begun


def found_in(pens: Sequence[Pen], *, shared: bool) -> Iterator[str]:
    """A status nobody should see: only on a shared criterion is somebody told of another's answer."""
    allowed = {http.client.OK, http.client.CONFLICT} if shared else {http.client.OK}
    statuses = sum((pen.statuses for pen in pens), Counter())
    if set(statuses) - allowed:
        yield f"answered with {dict(statuses)}"
    if not all(pen.accepted for pen in pens):
        yield "somebody saved nothing"


def lost(pens: Sequence[Pen], before: int) -> Iterator[str]:
    """What was accepted is there, nothing else is, and the last of it stands."""
    accepted = Counter(note for pen in pens for note in pen.accepted)
    kept = dict(Answer.objects.filter(pk__gt=before).order_by("pk").values_list("pk", "reason"))
    if accepted != Counter(kept.values()):
        yield f"{accepted.total()} answers accepted, {len(kept)} kept: {accepted - Counter(kept.values())} lost"
    standing = one_round(pens[0].office.row.assessment_id)
    for key in {pen.criterion for pen in pens}:
        ends = {pen.accepted[-1] for pen in pens if pen.criterion == key and pen.accepted}
        if standing[key].reason not in ends:
            yield f"{key}: {standing[key].reason!r} stands, which nobody saved last"


def recorded(office: Office, before_answer: int, before_event: int) -> Iterator[str]:
    """Exactly one event for each answer."""
    events = AuditEvent.objects.filter(pk__gt=before_event, subject=f"self_assessment:{office.row.pk}")
    named = Counter(facts["answer"] for facts in events.filter(verb=ANSWER.verb).values_list("facts", flat=True))
    kept = Answer.objects.filter(pk__gt=before_answer, assessment=office.row.assessment_id)
    answers = Counter(kept.values_list("pk", flat=True))
    if named != answers:
        yield f"{answers.total()} answers kept, {named.total()} audit events"


def chains_hold() -> bool:
    """``manage.py verify_audit``."""
    said = StringIO()
    try:
        call_command("verify_audit", stdout=said)
    except CommandError as broken:
        print(f"{said.getvalue()}FAULT: {broken}")
        return False
    print(said.getvalue().splitlines()[-1])
    return True


# -- documents -------------------------------------------------------------------------------------------------------


def documents(times: int) -> bool:
    """From the decision of a verification to its signed documents, made by a real worker; whether all were signed."""
    scene = make_verification_scene(timezone.now() - timedelta(days=30))
    issue_demo_key(scene.host.pk, scene.host.name, now=timezone.now())
    course = Course(claimed=TOP, found=TOP, target=TOP, dcmm=5)
    rows = [scene.verification_in(VState.NOTICE, course) for _ in range(times + 1)]
    with worker():
        runs = [signed(row, lambda row=row: scene.decide(row)) for row in rows]  # type: ignore[misc]
    if not all(runs):
        return False
    for name in runs[0]:
        print(f"{told(f'requested to signed: {name}', [run[name] for run in runs[1:]])}, first {runs[0][name]:.0f}")
    return True


def signed(row: Verification, decide: Callable[[], object]) -> dict[str, float]:
    """Milliseconds from the decision to each document; empty when one is not signed in time."""
    begun = time.perf_counter()
    decide()
    found: dict[str, float] = {}
    while (wanted := _unsigned(row, found)) and time.perf_counter() - begun < SIGNED_WITHIN:
        time.sleep(0.01)
    if wanted:
        print(f"FAULT: not signed within {SIGNED_WITHIN} s: {', '.join(wanted)}")
        return {}
    return {name: (moment - begun) * 1000 for name, moment in sorted(found.items())}


def _unsigned(row: Verification, found: dict[str, float]) -> list[str]:
    """The documents still in the making; notes the moment at which the others were first seen signed."""
    reports = VerificationReport.objects.filter(verification=row).order_by("pk")
    states = {
        f"{kind}, {language}": done for kind, language, done in reports.values_list("kind", "language", "document")
    }
    for name, done in states.items():
        if done:
            found.setdefault(name, time.perf_counter())
    return [name for name, done in states.items() if not done]
