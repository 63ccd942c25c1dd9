"""Verifying a maturity assessment: the procedure's rows, from the entry check to the certificate's life."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.models import Assessment, DcmmClaim, SelfAssessment, Snapshot
from ethicsreview.accounts.domain import MemberRole
from ethicsreview.accounts.models import Membership, Organisation
from ethicsreview.accounts.queries import jurisdiction, jurisdiction_of
from ethicsreview.notices.domain import DeliveryState
from workflows.domain.ballots import Choice
from workflows.domain.verification_states import FindingKind, OnSiteKind, VState
from workflows.models.committees import RulebookVersion

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from ethicsreview.accounts.models import User


_ENTERPRISE = "self_assessment__organisation__"


class VerificationQuerySet(models.QuerySet["Verification"]):
    """Reading rights of verifications, decided here; which round of ratings is open is ``domain``'s to say."""

    def visible_to(self, user: "User | AnonymousUser", day: date) -> Self:
        """Those one has a part in, and to an authority those of enterprises in its jurisdiction.

        Which parts an authority may read is ``domain.oversight``'s to say; pages of the procedure ask ``party_to``.
        """
        if user.is_anonymous:
            return self.none()
        return self.filter(_as_party(user.pk, day) | _supervised(user.pk, day))

    def party_to(self, user: "User | AnonymousUser", day: date) -> Self:
        """People of the enterprise, of the body's desk, and those with a part in it; a recused person reads nothing.

        Nobody of the enterprise has a part on the body's side. Secretaries and managers of the body see all of its
        verifications, assessors those they have a part in.
        """
        return self.none() if user.is_anonymous else self.filter(_as_party(user.pk, day))

    def supervised_by(self, user: "User | AnonymousUser", day: date) -> Self:
        """Those this person reads as an authority on ``day``: accepted ones of enterprises in its jurisdiction.

        Somebody recused from one, or of its enterprise, reads it on their own side or not at all.
        """
        return self.none() if user.is_anonymous else self.filter(_supervised(user.pk, day))

    def counted_by(self, office_id: int) -> Self:
        """What an authority counts: as ``supervised_by``, for all its regulators, whatever concerns one of them."""
        return self.filter(jurisdiction_of(office_id, prefix=_ENTERPRISE), accepted_at__isnull=False)


def _as_party(user_id: int, day: date) -> Q:
    held = Membership.objects.current(day).filter(user=user_id)
    inside = held.filter(role=MemberRole.ENTERPRISE.value, organisation=OuterRef("self_assessment__organisation"))
    desk_roles = [MemberRole.SECRETARY.value, MemberRole.MANAGER.value]
    desk = held.filter(role__in=desk_roles, organisation=OuterRef("host"))
    working = held.filter(role=MemberRole.ASSESSOR.value, organisation=OuterRef("host"))
    mine = {"verification": OuterRef("pk"), "user": user_id, "ended_at__isnull": True}
    named = Q(Exists(TeamAssessor.objects.filter(**mine))) | Q(Exists(PanelSeat.objects.filter(**mine)))
    part = Q(Exists(working)) & (named | Q(reviewer=user_id))
    return Q(Exists(inside)) | _free_of_conflict(user_id, day) & (Q(Exists(desk)) | part)


def _supervised(user_id: int, day: date) -> Q:
    enterprises = jurisdiction(user_id, day, prefix=_ENTERPRISE)
    return Q(accepted_at__isnull=False) & enterprises & _free_of_conflict(user_id, day)


def _free_of_conflict(user_id: int, day: date) -> Q:
    """Neither recused nor of the enterprise."""
    recused = Recusal.objects.filter(verification=OuterRef("pk"), user=user_id)
    own = Membership.objects.current(day).filter(user=user_id, organisation=OuterRef("self_assessment__organisation"))
    return Q(~Exists(recused), ~Exists(own))


class Verification(models.Model):
    """One verification of what an enterprise handed in. Scheme and snapshot are pinned for life.

    ``round`` holds the assessors' own ratings, made when the team is accepted. ``recommended_tier`` is computed from
    them, never typed. ``verified`` is the snapshot of the verified inputs and result, taken with the recommendation.
    Days are days of the scheme's time zone: ``correction_until`` and ``notice_until`` are last days, inclusive.
    """

    self_assessment = models.ForeignKey(SelfAssessment, on_delete=models.PROTECT, related_name="verifications")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="verifications")
    host = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="verifications")
    scheme = models.ForeignKey(RulebookVersion, on_delete=models.PROTECT, related_name="verifications")
    round = models.OneToOneField(
        Assessment, on_delete=models.PROTECT, null=True, blank=True, related_name="verification"
    )
    verified = models.OneToOneField(
        Snapshot, on_delete=models.PROTECT, null=True, blank=True, related_name="verified_in"
    )
    reference = models.CharField(_("reference"), max_length=32, unique=True)
    state = models.CharField(
        _("state"), max_length=14, choices=[(s.value, s.value) for s in VState], default=VState.ENTRY.value
    )
    created_at = models.DateTimeField(_("handed in"))
    changed_at = models.DateTimeField(_("changed"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    findings_at = models.DateTimeField(_("findings released"), null=True, blank=True)
    correction_until = models.DateField(_("findings answered until"), null=True, blank=True)
    correction_warned = models.DateField(null=True, blank=True)  # the last day of which the enterprise was warned
    dcmm_accepted = models.BooleanField(_("DCMM certificate accepted by the assessor"), null=True, blank=True)
    dcmm_note = models.TextField(_("on the DCMM certificate"), blank=True)
    recommended_tier = models.PositiveSmallIntegerField(_("recommended tier"), null=True, blank=True)
    recommendation = models.TextField(_("grounds of the recommendation"), blank=True)
    recommended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    recommended_at = models.DateTimeField(null=True, blank=True)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    compliance_note = models.TextField(_("compliance review"), blank=True)
    compliance_at = models.DateTimeField(null=True, blank=True)
    notice_from = models.DateField(_("public notice from"), null=True, blank=True)
    notice_until = models.DateField(_("public notice until"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    closing_reasons = models.TextField(_("reasons"), blank=True)  # of a decision, a return or a withdrawal
    return_reasons = models.TextField(_("why it went back to the team"), blank=True)  # the last time, see SentBack

    objects = VerificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("verification")
        verbose_name_plural = _("verifications")
        indexes = [models.Index(fields=["host", "state", "-changed_at", "-id"], name="verification_by_desk")]
        constraints = [
            models.UniqueConstraint(
                fields=["snapshot"],
                condition=~Q(state__in=[VState.RETURNED.value, VState.WITHDRAWN.value]),
                name="verification_of_snapshot_once",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class TeamAssessor(models.Model):
    """A place on the assessment team; one of them leads."""

    verification = models.ForeignKey(Verification, on_delete=models.PROTECT, related_name="team")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    lead = models.BooleanField(_("leads the team"), default=False)
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.TextField(_("why it ended"), blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["verification", "user"], condition=Q(ended_at__isnull=True), name="team_assessor_once"
            ),
            models.UniqueConstraint(
                fields=["verification"], condition=Q(ended_at__isnull=True, lead=True), name="team_one_lead"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verification_id} · {self.user_id}"


class PanelSeat(models.Model):
    """A place on the expert panel."""

    verification = models.ForeignKey(Verification, on_delete=models.PROTECT, related_name="panel")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.TextField(_("why it ended"), blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["verification", "user"], condition=Q(ended_at__isnull=True), name="panel_seat_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verification_id} · {self.user_id}"


class Recusal(models.Model):
    """Why a person of the body has no part in a verification; acts at once, for good."""

    verification = models.ForeignKey(Verification, on_delete=models.PROTECT, related_name="recusals")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=40)  # a code of the scheme's kinds of conflict
    reason = models.TextField(_("reason"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["verification", "user"], name="recusal_once")]

    def __str__(self) -> str:
        return f"{self.verification_id} · {self.user_id}"


class NaDecision(models.Model):
    """Whether the team accepts that an item was set aside."""

    verification = models.ForeignKey(Verification, on_delete=models.PROTECT, related_name="na_decisions")
    item = models.CharField(max_length=40)
    approved = models.BooleanField()
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["verification", "item"], name="na_decision_once")]

    def __str__(self) -> str:
        return f"{self.verification_id} · {self.item}"


class DcmmFinding(models.Model):
    """The leading assessor's judgement that data management matches a DCMM level; the newest one stands.

    It counts once another assessor of the team has signed it. ``claim`` is the row a recommendation rested on.
    """

    verification = models.ForeignKey(Verification, on_delete=models.PROTECT, related_name="dcmm_findings")
    level = models.PositiveSmallIntegerField(pgettext_lazy("DCMM", "level"))
    grounds = models.TextField(_("grounds of the finding"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    countersigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    countersigned_at = models.DateTimeField(null=True, blank=True)
    claim = models.OneToOneField(DcmmClaim, on_delete=models.PROTECT, null=True, blank=True, related_name="finding")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(countersigned_by__isnull=True) | ~Q(countersigned_by=models.F("by")),
                name="dcmm_finding_signed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verification_id} · {self.level}"


class SentBack(models.Model):
    """That a recommendation went back to the team, from which state and why."""

    verification = models.ForeignKey(Verification, on_delete=models.PROTECT, related_name="sent_back")
    state = models.CharField(_("state"), max_length=14, choices=[(s.value, s.value) for s in VState])
    tier = models.PositiveSmallIntegerField(_("recommended tier"))
    reasons = models.TextField(_("reasons"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.verification_id} · {self.state}"


class OnSiteEntry(models.Model):
    """One thing done on site; ``role`` is a code of the scheme's interviews, empty for the other kinds."""

    verification = models.ForeignKey(Verification, on_delete=models.PROTECT, related_name="onsite")
    kind = models.CharField(_("kind"), max_length=14, choices=[(k.value, k.value) for k in OnSiteKind])
    role = models.CharField(_("role of the person interviewed"), max_length=40, blank=True)
    subject = models.CharField(_("who or what"), max_length=200)
    held_on = models.DateField(_("on"))
    notes = models.TextField(_("notes"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("on-site entry")
        verbose_name_plural = _("on-site entries")

    def __str__(self) -> str:
        return f"{self.verification_id} · {self.kind} · {self.subject}"


class Finding(models.Model):
    """What the team found short at one criterion, the enterprise's answer, and what became of it."""

    verification = models.ForeignKey(Verification, on_delete=models.PROTECT, related_name="findings")
    number = models.PositiveIntegerField()
    criterion = models.CharField(max_length=40)
    kind = models.CharField(_("kind"), max_length=6, choices=[(k.value, k.value) for k in FindingKind])
    text = models.TextField(pgettext_lazy("assessment", "finding"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    answer = models.TextField(_("the enterprise's answer"), blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    resolution = models.TextField(_("what became of it"), blank=True)
    resolved = models.BooleanField(null=True, blank=True)  # the answer settled it, or not
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("assessment", "finding")
        verbose_name_plural = pgettext_lazy("assessment", "findings")
        constraints = [models.UniqueConstraint(fields=["verification", "number"], name="finding_number_once")]

    def __str__(self) -> str:
        return f"{self.verification_id} finding {self.number}"


class PanelBallot(models.Model):
    """The panel's vote on one recommendation; the standing as it stood is kept when it is closed.

    ``standing``: in_favour, against, abstain, silent, present, needed, base.
    """

    verification = models.ForeignKey(Verification, on_delete=models.PROTECT, related_name="ballots")
    number = models.PositiveIntegerField()
    tier = models.PositiveSmallIntegerField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    carried = models.BooleanField(null=True, blank=True)
    standing = models.JSONField(null=True, blank=True)
    present = models.JSONField(default=list, blank=True)  # ids of the panellists it was counted over

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["verification", "number"], name="panel_ballot_number_once"),
            models.UniqueConstraint(
                fields=["verification"], condition=Q(closed_at__isnull=True), name="panel_ballot_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verification_id} ballot {self.number}"


class PanelVote(models.Model):
    """One expert's vote as cast; never changed, the last one of a person stands."""

    ballot = models.ForeignKey(PanelBallot, on_delete=models.PROTECT, related_name="votes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()  # of the votes of this ballot, from 1
    choice = models.CharField(_("vote"), max_length=7, choices=[(c.value, c.value) for c in Choice])
    reason = models.TextField(_("reason"), blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ballot", "number"], name="panel_vote_number_once")]

    def __str__(self) -> str:
        return f"{self.ballot_id} · {self.user_id} · {self.number}"


class Objection(models.Model):
    """What somebody outside said against a recommendation within the public notice.

    The answer is mailed to ``contact`` in ``language``: ``answer_mail`` says where that mail stands.
    """

    verification = models.ForeignKey(Verification, on_delete=models.PROTECT, related_name="objections")
    name = models.CharField(pgettext_lazy("person", "name"), max_length=120)
    contact = models.EmailField(_("mail address"))
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    text = models.TextField(_("objection"))
    at = models.DateTimeField()
    upheld = models.BooleanField(null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    answer_mail = models.CharField(
        _("mail with the answer"),
        max_length=10,
        blank=True,  # until it is answered
        choices=[(s.value, s.value) for s in (DeliveryState.QUEUED, DeliveryState.SENT, DeliveryState.FAILED)],
    )
    mail_attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_mail_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        indexes = [
            models.Index(fields=["next_mail_at"], name="objection_answer_due", condition=Q(answer_mail="queued")),
        ]

    def __str__(self) -> str:
        return f"{self.verification_id} · {self.at}"
