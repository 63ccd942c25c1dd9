"""Cases, their application and who may read them."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from assessments.models import InstrumentVersion
from ethicsreview.accounts.models import Organisation
from ethicsreview.accounts.queries import jurisdiction, jurisdiction_of
from ethicsreview.files.models import FileVersion, Upload
from workflows.domain.rooms import SeatRole
from workflows.domain.states import State
from workflows.models.committees import Committee, RulebookVersion, Seat
from workflows.models.narrowing import Among

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from ethicsreview.accounts.models import User


class CaseQuerySet(models.QuerySet["Case"]):
    """Reading rights of cases, decided here and nowhere else."""

    def of_applicant(self, user: "User") -> Self:
        """Cases this person leads or works on."""
        return self.filter(Q(lead=user) | Exists(TeamMember.objects.filter(case=OuterRef("pk"), user=user)))

    def visible_to(self, user: "User | AnonymousUser", day: date) -> Self:
        """What this person may read of at all on ``day``: as a party, or as an authority within its jurisdiction.

        Which parts of a case an authority may read is ``domain.oversight``'s to say; pages of the procedure are the
        parties' alone and ask ``party_to``.
        """
        return self.none() if user.is_anonymous else self.filter(readable_by(user, day))

    def party_to(self, user: "User | AnonymousUser", day: date) -> Self:
        """Cases this person has a part in on ``day``: own applications, and what the seat opens unless recused.

        Secretaries and chairs see a case from its submission, other members from its acceptance. A standing
        conflict closes the committee's side at once, whatever the seat.
        """
        return self.none() if user.is_anonymous else self.filter(as_party(user.pk, day) & near_to(user.pk, day))

    def supervised_by(self, user: "User | AnonymousUser", day: date) -> Self:
        """Cases this person reads as an authority on ``day``: accepted ones of the committees in its jurisdiction.

        Somebody recused or on the applicant's side of a case reads their own side of it alone.
        """
        return self.none() if user.is_anonymous else self.filter(as_authority(user.pk, day))

    def counted_by(self, office_id: int) -> Self:
        """What an authority counts: as ``supervised_by``, for all its regulators, whatever concerns one of them."""
        return self.filter(accepted_in(jurisdiction_of(office_id, prefix="host__")))

    def on_desk_of(self, user: "User | AnonymousUser", day: date) -> Self:
        """Cases this person reads from the committee's side."""
        return self.none() if user.is_anonymous else self.filter(as_committee(user.pk, day) & near_to(user.pk, day))


# The rights as conditions; ``case`` is the path from the filtered row to its case, empty for the case itself.


def free_of_conflict(user_id: int, case: str = "") -> Q:
    """Neither recused nor on the applicant's side."""
    key = OuterRef(case or "pk")
    recused = Conflict.objects.filter(case=key, user=user_id, lifted_at__isnull=True)
    team = TeamMember.objects.filter(case=key, user=user_id)
    return Q(~Exists(recused), ~Exists(team), ~Q(**{_from(case, "lead"): user_id}))


def readable_by(user: "User", day: date, case: str = "") -> Q:
    """As a party or as an authority."""
    rights = as_party(user.pk, day, case) | as_authority(user.pk, day, case)
    return rights if user.regulates else rights & near_to(user.pk, day, case)


def near_to(user_id: int, day: date, case: str = "") -> Q:
    """What any right to a case implies, each way in a form its own index serves; it opens nothing.

    Whoever regulates nothing reads few of many cases, and finds them without a look at all the others.
    """
    if case:
        return Q(Among(case, Case.objects.filter(near_to(user_id, day)).values("pk")))
    team = TeamMember.objects.filter(user=user_id).values("case")
    seats = Seat.objects.filter(user=user_id).current(day).values("committee")
    overseen = Committee.objects.filter(jurisdiction(user_id, day, prefix="host__")).values("pk")
    return Q(lead=user_id) | Q(Among("pk", team)) | Q(Among("committee", seats)) | Q(Among("committee", overseen))


def as_party(user_id: int, day: date, case: str = "") -> Q:
    """From the applicant's side or the committee's."""
    team = TeamMember.objects.filter(case=OuterRef(case or "pk"), user=user_id)
    own = Q(**{_from(case, "lead"): user_id}) | Q(Exists(team))
    return own | as_committee(user_id, day, case)


def as_authority(user_id: int, day: date, case: str = "") -> Q:
    """Accepted, within the jurisdiction, and of no concern of one's own."""
    return accepted_in(jurisdiction(user_id, day, prefix="host__"), case) & free_of_conflict(user_id, case)


def accepted_in(hosts: Q, case: str = "") -> Q:
    """Accepted, by a committee of one of these hosts."""
    committees = Committee.objects.filter(hosts).values("pk")
    return Q(**{_from(case, "accepted_at__isnull"): False, _from(case, "committee__in"): committees})


def as_committee(user_id: int, day: date, case: str = "") -> Q:
    """By a seat, unless recused."""
    seats = Seat.objects.filter(user=user_id, committee=OuterRef(_from(case, "committee"))).current(day)
    leading = seats.filter(role__in=[SeatRole.SECRETARY.value, SeatRole.CHAIR.value])
    acting = Q(**{_from(case, "acting_chair__user"): user_id}) & Q(Exists(seats))
    early = ~Q(**{_from(case, "state"): State.DRAFT.value}) & (Q(Exists(leading)) | acting)
    later = Q(**{_from(case, "accepted_at__isnull"): False}) & Q(Exists(seats))
    return free_of_conflict(user_id, case) & (early | later)


def _from(case: str, name: str) -> str:
    return f"{case}__{name}" if case else name


class Case(models.Model):
    """One activity under review. Rulebook and instrument are pinned when the draft is made, for life.

    ``red_lines``, ``listed`` and ``exemption`` are the secretary's findings, codes of the rulebook's lists.
    ``clock_started_at`` is the acceptance, or the arrival of a modified version.
    """

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="cases")
    rulebook = models.ForeignKey(RulebookVersion, on_delete=models.PROTECT, related_name="cases")
    instrument = models.ForeignKey(InstrumentVersion, on_delete=models.PROTECT, related_name="cases")
    applicant = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="cases")
    lead = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="led_cases")
    reference = models.CharField(_("reference"), max_length=32, unique=True, null=True, blank=True)
    title = models.CharField(_("title"), max_length=300, blank=True)
    state = models.CharField(
        _("state"), max_length=20, choices=[(s.value, s.value) for s in State], default=State.DRAFT.value
    )
    created_at = models.DateTimeField(_("created"))
    changed_at = models.DateTimeField(_("changed"))
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    tier = models.CharField(_("tier"), max_length=12, blank=True)
    flags = models.JSONField(_("flags"), default=list, blank=True)
    classification_reason = models.TextField(_("reason for the classification"), blank=True)
    red_lines = models.JSONField(default=list, blank=True)
    listed = models.JSONField(default=list, blank=True)
    exemption = models.CharField(max_length=40, blank=True)
    exemption_evidence = models.TextField(blank=True)
    procedure = models.CharField(_("procedure"), max_length=30, blank=True)
    route = models.CharField(_("way by rule"), max_length=40, blank=True)  # row of the rulebook's routing table
    procedure_reasons = models.TextField(_("reasons for the procedure"), blank=True)
    closing_reasons = models.TextField(_("reasons for declining or withdrawing"), blank=True)
    clock_started_at = models.DateTimeField(null=True, blank=True)
    clock_stopped_at = models.DateTimeField(null=True, blank=True)
    extended_to = models.DateField(null=True, blank=True)
    extension_reason = models.TextField(blank=True)
    reviews_opened_at = models.DateTimeField(null=True, blank=True)
    acting_reason = models.TextField(_("why another acts for the chair"), blank=True)
    return_reasons = models.TextField(_("why the modified version was sent back"), blank=True)
    acting_chair = models.ForeignKey(Seat, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints = [
            models.CheckConstraint(
                condition=Q(state=State.DRAFT.value) | Q(reference__isnull=False), name="case_submitted_has_reference"
            ),
        ]
        indexes = [
            models.Index(fields=["committee", "state", "-changed_at", "-id"], name="case_by_desk"),
            models.Index(fields=["lead", "-changed_at", "-id"], name="case_by_lead"),
            models.Index(fields=["-changed_at", "-id"], name="case_by_change"),
        ]

    def __str__(self) -> str:
        return self.reference or f"draft-{self.pk}"


class TeamMember(models.Model):
    """A person who works on the application with its lead."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="team")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="team_member_once")]

    def __str__(self) -> str:
        return f"{self.case_id} · {self.user_id}"


class Application(models.Model):
    """One version of what the applicant says; open while ``submitted_at`` is empty, frozen after.

    ``answers`` maps item codes to values; ``revision`` counts the saves, so that two open tabs notice each other.
    ``files`` lists, once frozen, the file versions submitted: item, version id, SHA-256.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="applications")
    number = models.PositiveIntegerField(_("version"))
    answers = models.JSONField(default=dict)
    files = models.JSONField(default=list)
    changes = models.TextField(_("what changed"), blank=True)
    revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    digest = models.CharField(_("SHA-256"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="application_version_once"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(submitted_at__isnull=True), name="application_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} v{self.number}"


class CaseFile(models.Model):
    """An upload handed in for one item of the application; removed ones stay for the versions that had them."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="files")
    item = models.CharField(max_length=60)
    upload = models.OneToOneField(Upload, on_delete=models.PROTECT, related_name="+")
    current = models.ForeignKey(FileVersion, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["case", "item"], name="case_file_by_item")]

    def __str__(self) -> str:
        return f"{self.case_id} · {self.item} · {self.upload_id}"


class SupplementNotice(models.Model):
    """The complete notice of what is missing; the rulebook says how often one may be sent."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notices")
    number = models.PositiveIntegerField()
    message = models.TextField(blank=True)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="supplement_notice_once")]

    def __str__(self) -> str:
        return f"{self.case_id} notice {self.number}"


class SupplementItem(models.Model):
    """One thing the notice asks for, with the applicant's answer beside it."""

    notice = models.ForeignKey(SupplementNotice, on_delete=models.PROTECT, related_name="items")
    item = models.CharField(max_length=60)
    request = models.TextField()
    answer = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "item"], name="supplement_item_once")]

    def __str__(self) -> str:
        return f"{self.notice_id} · {self.item}"


class Conflict(models.Model):
    """Why a person has no part in a case; it acts from the moment it stands until it is lifted with a reason."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="conflicts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="conflicts")
    kind = models.CharField(_("kind"), max_length=40)
    reason = models.TextField(_("reason"), blank=True)
    declared_at = models.DateTimeField()
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_reason = models.TextField(blank=True)

    class Meta:
        verbose_name = _("conflict of interest")
        verbose_name_plural = _("conflicts of interest")
        constraints = [
            models.UniqueConstraint(
                fields=["case", "user"], condition=Q(lifted_at__isnull=True), name="conflict_stands_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} · {self.user_id} · {self.kind}"


class Wait(models.Model):
    """A time in which the committee waited for the applicant; ``kind`` is supplement or modification."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="waits")
    kind = models.CharField(max_length=20)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(ended_at__isnull=True), name="wait_one_open")
        ]

    def __str__(self) -> str:
        return f"{self.case_id} · {self.kind} · {self.started_at}"
