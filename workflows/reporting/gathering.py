"""Everything a decision's documents say, read once from the database."""

from assessments.domain.instrument import Choice
from assessments.domain.strict import Text
from ethicsreview.audit.models import AuditEvent
from ethicsreview.audit.queries import chain_head
from ethicsreview.files.models import FileVersion
from workflows.domain import application as forms
from workflows.domain.checks import decision_rule
from workflows.domain.clock import add_months, local_day
from workflows.domain.rooms import SeatRole
from workflows.domain.rulebook import DecisionRule, Effect, ListQuestion
from workflows.models import Decision
from workflows.reporting.data import (
    Act,
    Appeal,
    ApplicationFacts,
    CaseReportData,
    ChainHead,
    ConditionFacts,
    Edition,
    Followup,
    Label,
    Matter,
    Outcome,
    Paper,
    Written,
)
from workflows.reporting.gathering_ballots import number_of, read_motions
from workflows.reporting.gathering_ratings import read_gates, read_gates_asked, read_points, read_reviewers
from workflows.reporting.gathering_rooms import read_meeting, read_recusals, read_roster
from workflows.reporting.gathering_times import read_milestones, read_times
from workflows.reporting.issued import IssuedFolder
from workflows.reporting.naming import both, party, person


def gather(decision: Decision) -> CaseReportData:
    """The decision and all it rests on, as it stood when it was issued. Raises ``ValueError`` for a draft."""
    folder = IssuedFolder(decision)
    case, rules, instrument = folder.case, folder.rules, folder.instrument
    head = chain_head(f"organisation:{case.committee.host_id}")
    rulebook, edition = case.rulebook, case.instrument
    return CaseReportData(
        zone=rules.time_zone,
        host=party(case.committee.host),
        committee=Text(case.committee.name_in("en"), case.committee.name_in("zh")),
        matter=_matter(folder),
        application=_application(folder),
        milestones=read_milestones(folder),
        times=read_times(folder),
        roster=read_roster(folder),
        meeting=read_meeting(folder),
        recusals=read_recusals(folder),
        reviewers=read_reviewers(folder),
        points=read_points(folder),
        coverage=folder.profile.coverage,
        scale=instrument.scale,
        not_applicable=instrument.not_applicable.label,
        blocking=instrument.blocking,
        gates=read_gates(folder),
        gates_asked=read_gates_asked(folder),
        motions=read_motions(folder),
        meeting_rules=rules.meeting,
        min_reviewers=rules.review.min_reviewers.value,
        reviewers_citation=rules.review.min_reviewers.citation,
        outcome=_outcome(folder),
        rulebook=Edition(rulebook.slug, rulebook.version, rules.title, rulebook.digest),
        rulebook_instrument=rules.instrument,
        instrument=Edition(edition.slug, edition.version, instrument.title, edition.digest),
        instrument_summary=instrument.summary,
        instrument_source=instrument.source,
        head=ChainHead(f"organisation:{case.committee.host_id}", head.number, head.digest),
    )


def _labels(choices: tuple[Choice, ...], wanted: list[str]) -> tuple[Label, ...]:
    return tuple(Label(choice.key, choice.label) for choice in choices if choice.key in wanted)


def _questions(questions: tuple[ListQuestion, ...], wanted: list[str]) -> tuple[ListQuestion, ...]:
    return tuple(question for question in questions if question.code in wanted)


def _matter(folder: IssuedFolder) -> Matter:
    case, rules = folder.case, folder.rules
    tiers = _labels(folder.instrument.tiers, [case.tier])
    return Matter(
        reference=case.reference or "",
        title=str(folder.decision.application.answers.get("title") or case.title).strip(),
        applicant=both(case.applicant),
        lead=person(case.lead),
        tier=tiers[0] if tiers else Label("", Text("", "")),
        flags=_labels(folder.instrument.flags, case.flags),
        classification_reason=case.classification_reason,
        red_lines=_questions(rules.lists.red_lines, case.red_lines),
        listed=_questions(rules.lists.re_review, case.listed),
        exemption=next((q for q in rules.lists.exemptions if q.code == case.exemption), None),
        exemption_evidence=case.exemption_evidence,
        list_edition=rules.lists.version,
        procedure=next((rule for rule in rules.procedures if rule.code.value == case.procedure), None),
        route=next((route for route in rules.routes if route.code == case.route), None),
        procedure_reasons=case.procedure_reasons,
    )


def _application(folder: IssuedFolder) -> ApplicationFacts:
    version = folder.decision.application
    if version.submitted_at is None or version.submitted_by is None:
        raise ValueError(f"application {version.pk} was not handed in")
    items = {item.code: item.label for item in forms.form_items(folder.rules.application)}
    files = FileVersion.objects.in_bulk([entry["version"] for entry in version.files])
    return ApplicationFacts(
        number=version.number,
        submitted_at=version.submitted_at,
        submitted_by=person(version.submitted_by),
        digest=version.digest,
        changes=version.changes,
        papers=tuple(
            Paper(
                item=items.get(entry["item"], Text(entry["item"], entry["item"])),
                name=files[entry["version"]].name,
                version=files[entry["version"]].number,
                pages=files[entry["version"]].pages,
                sha256=entry["sha256"],
            )
            for entry in version.files
        ),
    )


def _outcome(folder: IssuedFolder) -> Outcome:
    decision, rules = folder.decision, folder.rules
    rule = decision_rule(decision.kind, rules)
    if rule is None:
        raise ValueError(f"{rules.slug} v{rules.version} has no decision {decision.kind}")
    appeal = rules.appeal
    return Outcome(
        number=decision.number,
        rule=rule,
        reasons=Written(decision.reasons_en, decision.reasons_zh),
        requirements=Written(decision.requirements_en, decision.requirements_zh),
        scope=Written(decision.scope_en, decision.scope_zh),
        valid_from=decision.valid_from,
        valid_until=decision.valid_until,
        conditions=tuple(
            ConditionFacts(row.number, Written(row.text_en, row.text_zh), row.due)
            for row in decision.conditions.order_by("number")
        ),
        followup=_followup(folder, rule),
        appeal=Appeal(appeal.to.value, appeal.form.value, appeal.days.value, appeal.to.citation),
        act=_act(folder),
        drafted_by=person(decision.drafted_by),
        motion=number_of(folder, decision.motion),
    )


def _followup(folder: IssuedFolder, rule: DecisionRule) -> Followup | None:
    if rule.effect is not Effect.APPROVE:
        return None
    rules, decision, longest = folder.rules.followup, folder.decision, folder.longest_followup
    months = decision.followup_months or longest.value
    begins = decision.valid_from or local_day(folder.issued_at, folder.rules.time_zone)
    return Followup(
        months=months,
        at_most=longest.value,
        first_due=add_months(begins, months),
        citation=longest.citation,
        contents=tuple(content.label for content in rules.contents),
    )


def _act(folder: IssuedFolder) -> Act:
    decision = folder.decision
    event = AuditEvent.objects.get(
        subject=f"case:{folder.case.pk}",
        verb__in=["decision.issue", "modification.confirm"],
        facts__decision=decision.pk,
    )
    return Act(
        person=person(folder.issued_by),
        role=SeatRole(decision.issued_as) if decision.issued_as else None,
        at=folder.issued_at,
        event=event.number,
        digest=event.digest,
    )
