"""Meetings, attendance, motions and votes."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from workflows.domain.ballots import Choice
from workflows.domain.rooms import Mode
from workflows.domain.states import MeetingState, MotionKind
from workflows.models.cases import Case
from workflows.models.committees import Committee, Seat
from workflows.models.reviews import Review

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from ethicsreview.accounts.models import User


class MeetingQuerySet(models.QuerySet["Meeting"]):
    """Reading rights of meetings; what stands on the agenda is filtered by the cases' own rights."""

    def visible_to(self, user: "User | AnonymousUser", day: date) -> Self:
        """Those of ``party_to``; to an authority those with approved minutes that dealt with a case decided since."""
        if user.is_anonymous:
            return self.none()
        overseen = Case.objects.supervised_by(user, day).filter(decisions__issued_at__isnull=False)
        dealt = AgendaItem.objects.filter(
            case__in=overseen.values("pk"), case__decisions__issued_at__gte=models.F("closed_at")
        )
        approved = Q(state=MeetingState.APPROVED.value, pk__in=dealt.values("meeting"))
        return self.filter(_as_party(user.pk, day) | approved)

    def party_to(self, user: "User | AnonymousUser", day: date) -> Self:
        """Meetings of the committees where this person has a seat on ``day``."""
        return self.none() if user.is_anonymous else self.filter(_as_party(user.pk, day))


def _as_party(user_id: int, day: date) -> Q:
    return Q(Exists(Seat.objects.filter(user=user_id, committee=OuterRef("committee")).current(day)))


class Meeting(models.Model):
    """One sitting of a committee; ``presiding`` is the chair or the vice-chair the chair designated."""

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="meetings")
    number = models.PositiveIntegerField()
    starts_at = models.DateTimeField(_("begins"))
    place = models.CharField(_("place"), max_length=200, blank=True)
    video_link = models.URLField(_("video address"), blank=True)
    message = models.TextField(_("note to the members"), blank=True)
    presiding = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=[(s.value, s.value) for s in MeetingState],
        default=MeetingState.PLANNED.value,
    )
    convened_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        constraints = [models.UniqueConstraint(fields=["committee", "number"], name="meeting_number_once")]

    def __str__(self) -> str:
        return f"{self.committee_id} meeting {self.number}"


class AgendaItem(models.Model):
    """A case on a meeting's agenda; open between ``opened_at`` and ``closed_at``."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="items")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="agenda_items")
    position = models.PositiveIntegerField()
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, blank=True)  # carried, adjourned, withdrawn
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "case"], name="agenda_case_once"),
            models.UniqueConstraint(
                fields=["meeting"],
                condition=Q(opened_at__isnull=False, closed_at__isnull=True),
                name="agenda_one_item_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} item {self.position}"


class Attendance(models.Model):
    """One stay of a seat in the room; leaving and coming back makes a second row.

    ``stands_for`` is the absent member an alternate replaces, where the rulebook allows alternates.
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="attendance")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    mode = models.CharField(_("mode"), max_length=5, choices=[(m.value, m.value) for m in Mode])
    stands_for = models.ForeignKey(Seat, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    arrived_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "seat"], condition=Q(left_at__isnull=True), name="attendance_present_once"
            ),
            models.UniqueConstraint(
                fields=["meeting", "stands_for"],
                condition=Q(left_at__isnull=True, stands_for__isnull=False),
                name="attendance_one_alternate",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} · {self.seat_id} · {self.arrived_at}"


class Motion(models.Model):
    """A question put to the vote; the standing as it stood is kept when it is closed.

    ``decision_kind`` is a code of the rulebook for a decision; a motion to resolve a gate names ``review`` and
    ``indicator`` instead. ``standing``: in_favour, against, abstain, silent, present, needed, and base, over
    whom the threshold was counted.
    """

    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="motions")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=[(k.value, k.value) for k in MotionKind])
    decision_kind = models.CharField(max_length=40, blank=True)
    review = models.ForeignKey(Review, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    indicator = models.CharField(max_length=40, blank=True)
    text = models.TextField(blank=True)
    put_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    put_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.TextField(blank=True)
    carried = models.BooleanField(null=True, blank=True)
    standing = models.JSONField(null=True, blank=True)
    present = models.JSONField(default=list, blank=True)  # ids of users in the room when it closed

    class Meta:
        verbose_name = _("motion")
        verbose_name_plural = _("motions")
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="motion_number_once"),
            models.UniqueConstraint(fields=["item"], condition=Q(closed_at__isnull=True), name="motion_one_open"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} motion {self.number}"


class Vote(models.Model):
    """One vote as cast; never changed. ``user`` is whose vote it is, ``by`` whose hand entered it."""

    motion = models.ForeignKey(Motion, on_delete=models.PROTECT, related_name="votes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="votes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()  # of the votes of this motion, from 1
    choice = models.CharField(_("vote"), max_length=7, choices=[(c.value, c.value) for c in Choice])
    reason = models.TextField(_("reason"), blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        constraints = [models.UniqueConstraint(fields=["motion", "number"], name="vote_number_once")]

    def __str__(self) -> str:
        return f"{self.motion_id} · {self.user_id} · {self.number}"


class Dissent(models.Model):
    """A member's opinion against the outcome, in writing, printed with the decision."""

    motion = models.ForeignKey(Motion, on_delete=models.PROTECT, related_name="dissents")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("dissenting opinion"))
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["motion", "user"], name="dissent_once")]

    def __str__(self) -> str:
        return f"{self.motion_id} · {self.user_id}"


class Minutes(models.Model):
    """Minutes drafted from the record, with the secretary's notes; ``record`` is frozen by the approval."""

    meeting = models.OneToOneField(Meeting, on_delete=models.PROTECT, related_name="minutes")
    notes = models.TextField(_("notes"), blank=True)
    record = models.JSONField(default=dict)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    digest = models.CharField(_("SHA-256"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("minutes")
        verbose_name_plural = _("minutes")

    def __str__(self) -> str:
        return f"minutes of {self.meeting_id}"

    @property
    def mark(self) -> str:
        """Names this draft: a page sends it back, so that nobody writes over what they have not read."""
        return self.drafted_at.isoformat()
