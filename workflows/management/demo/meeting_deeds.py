"""The deeds of a meeting's story; what happens at the table names its case."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from ethicsreview.accounts.models import User
from workflows.actions import meetings, motions
from workflows.domain.ballots import Choice
from workflows.domain.rooms import Mode
from workflows.management.demo.script import Step, moment
from workflows.management.demo.stage import Stage
from workflows.models import Motion, Seat

CHOICES: Mapping[str, Choice] = {"in_favour": Choice.FOR, "against": Choice.AGAINST, "abstain": Choice.ABSTAIN}
BETWEEN_VOTES = timedelta(seconds=10)


def _case(stage: Stage, step: Step) -> int:
    return stage.cases[step.given["case"]]


def _seat(stage: Stage, step: Step, who: str) -> Seat:
    return stage.seats[stage.text(step)["committee"], who]


def _desk(stage: Stage, step: Step) -> User:
    return stage.actor(step, "secretary")


def plan(stage: Stage, step: Step) -> None:
    text = stage.text(step)
    meeting = meetings.plan_meeting(
        stage.committees[text["committee"]],
        starts_at=moment(text["starts"], stage.now),
        place=text["place"],
        video_link=text["video"],
        message=text["message"],
        presiding=_seat(stage, step, text["presiding"]),
        actor=_desk(stage, step),
        now=step.at,
    )
    stage.meetings[step.about] = meeting.pk


def agenda(stage: Stage, step: Step) -> None:
    cases = [stage.cases[key] for key in step.given["cases"]]
    meetings.set_agenda(stage.meetings[step.about], cases, actor=_desk(stage, step), now=step.at)


def convene(stage: Stage, step: Step) -> None:
    meetings.convene_meeting(stage.meetings[step.about], actor=_desk(stage, step), now=step.at)


def open_meeting(stage: Stage, step: Step) -> None:
    meetings.open_meeting(stage.meetings[step.about], actor=_desk(stage, step), now=step.at)


def arrive(stage: Stage, step: Step) -> None:
    """Those in the room are entered by the secretary, those by video join themselves."""
    for who in step.given.get("room", ()):
        meetings.arrive(
            stage.meetings[step.about],
            _seat(stage, step, who).pk,
            mode=Mode.ROOM,
            actor=_desk(stage, step),
            now=step.at,
        )
    for who in step.given.get("video", ()):
        meetings.arrive(
            stage.meetings[step.about],
            _seat(stage, step, who).pk,
            mode=Mode.VIDEO,
            actor=stage.people[who],
            now=step.at,
        )


def leave(stage: Stage, step: Step) -> None:
    for who in step.given["people"]:
        seat = _seat(stage, step, who)
        meetings.leave(stage.meetings[step.about], seat.pk, actor=_desk(stage, step), now=step.at)


def turn_to(stage: Stage, step: Step) -> None:
    motions.open_item(_case(stage, step), actor=_desk(stage, step), now=step.at)


def adjourn(stage: Stage, step: Step) -> None:
    motions.adjourn_item(_case(stage, step), reasons=step.given["reasons"], actor=_desk(stage, step), now=step.at)


def put(stage: Stage, step: Step) -> None:
    kind, text = step.given["decision"], step.given["text"]
    motions.put_motion(_case(stage, step), decision_kind=kind, text=text, actor=_desk(stage, step), now=step.at)


def put_gate(stage: Stage, step: Step) -> None:
    motions.put_gate_motion(
        _case(stage, step),
        reviewer=stage.people[step.given["reviewer"]].pk,
        indicator=step.given["item"],
        text=step.given["text"],
        actor=_desk(stage, step),
        now=step.at,
    )


def _open_motion(stage: Stage, step: Step) -> int:
    return Motion.objects.values_list("pk", flat=True).get(item__case=_case(stage, step), closed_at__isnull=True)


def vote(stage: Stage, step: Step) -> None:
    """Everybody named votes; for those under ``by_hand`` the secretary's hand enters it."""
    motion_id, by_hand, at = _open_motion(stage, step), step.given.get("by_hand", ()), step.at
    for word, choice in CHOICES.items():
        for who in step.given.get(word, ()):
            voter = stage.people[who]
            motions.cast_vote(
                _case(stage, step),
                motion_id=motion_id,
                choice=choice,
                reason=step.given.get("why", {}).get(who, ""),
                voter=voter,
                actor=_desk(stage, step) if who in by_hand else voter,
                now=at,
            )
            at += BETWEEN_VOTES


def close_motion(stage: Stage, step: Step) -> None:
    motions.close_motion(
        _case(stage, step), motion_id=_open_motion(stage, step), actor=_desk(stage, step), now=step.at
    )


def dissent(stage: Stage, step: Step) -> None:
    """In writing, against the newest motion that was closed."""
    closed = Motion.objects.filter(item__case=_case(stage, step), carried__isnull=False).latest("pk")
    motions.write_dissent(
        _case(stage, step),
        motion_id=closed.pk,
        text=step.given["text"],
        actor=stage.people[step.given["by"]],
        now=step.at,
    )


def close(stage: Stage, step: Step) -> None:
    meetings.close_meeting(stage.meetings[step.about], actor=_desk(stage, step), now=step.at)


def minutes(stage: Stage, step: Step) -> None:
    notes = step.given["notes"]
    meetings.draft_minutes(stage.meetings[step.about], notes=notes, actor=_desk(stage, step), now=step.at)


def approve_minutes(stage: Stage, step: Step) -> None:
    presiding = stage.people[stage.text(step)["presiding"]]
    meetings.approve_minutes(stage.meetings[step.about], actor=presiding, now=step.at)


MEETING_DEEDS: dict[str, Callable[[Stage, Step], None]] = {
    "plan": plan,
    "agenda": agenda,
    "convene": convene,
    "open_meeting": open_meeting,
    "arrive": arrive,
    "leave": leave,
    "turn_to": turn_to,
    "adjourn": adjourn,
    "put": put,
    "put_gate": put_gate,
    "vote": vote,
    "close_motion": close_motion,
    "dissent": dissent,
    "close": close,
    "minutes": minutes,
    "approve_minutes": approve_minutes,
}
