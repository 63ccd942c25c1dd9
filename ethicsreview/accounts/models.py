"""People, organisations and who belongs where."""

from datetime import date, datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ethicsreview.accounts.domain import MemberRole, OrganisationKind, Reach, Theme


class UserManager(BaseUserManager["User"]):
    """Makes users; addresses are kept in lower case so that one person has one account."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person. ``language`` and ``theme`` follow the person from device to device.

    ``is_service`` marks the account of an organisation's program: it has no password and is mailed nothing.
    """

    email = models.EmailField(_("mail address"), unique=True)
    name = models.CharField(pgettext_lazy("person", "name"), max_length=120)
    name_zh = models.CharField(_("name in Chinese"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    theme = models.CharField(
        _("theme"), max_length=5, choices=[(t.value, t.value) for t in Theme], default=Theme.AUTO.value
    )
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_staff = models.BooleanField(_("operator"), default=False)
    is_service = models.BooleanField(_("service account"), default=False)
    joined_at = models.DateTimeField(_("joined"), auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    regulates = False  # set on the person of a request: whether a regulator of an authority today

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"

    def get_full_name(self) -> str:
        return self.name

    def name_in(self, language: str) -> str:
        """The name as printed in ``language``."""
        return self.name_zh if language.startswith("zh") and self.name_zh else self.name


class Organisation(models.Model):
    """A legal entity. ``province`` and ``sector`` say where it stands; ``reach`` how far an authority sees."""

    kind = models.CharField(_("kind"), max_length=20, choices=[(k.value, k.value) for k in OrganisationKind])
    name = models.CharField(pgettext_lazy("organisation", "name"), max_length=200)
    name_zh = models.CharField(_("name in Chinese"), max_length=200, blank=True)
    credit_code = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    province = models.CharField(_("province"), max_length=10, blank=True)
    sector = models.CharField(_("sector"), max_length=40, blank=True)
    reach = models.CharField(
        _("jurisdiction"),
        max_length=10,
        choices=[(r.value, r.value) for r in Reach],
        default=Reach.NONE.value,
    )
    covered = models.ManyToManyField("self", symmetrical=False, blank=True, related_name="covered_by")
    letterhead_en = models.TextField(_("letterhead in English"), max_length=600, blank=True)
    letterhead_zh = models.TextField(_("letterhead in Chinese"), max_length=600, blank=True)
    logo = models.BinaryField(_("logo"), blank=True, default=b"")  # PNG, redrawn by us, at most 600 px wide
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return self.name

    def name_in(self, language: str) -> str:
        """The name as printed in ``language``."""
        return self.name_zh if language.startswith("zh") and self.name_zh else self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Reads of memberships by day."""

    def current(self, day: date) -> Self:
        """Those whose term covers ``day``, both ends included."""
        return self.filter(Q(starts__lte=day), Q(ends__isnull=True) | Q(ends__gte=day))


class Membership(models.Model):
    """A person's role in an organisation for a term; ``ends`` empty means without end."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=[(r.value, r.value) for r in MemberRole])
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["user", "organisation", "role", "starts"], name="membership_once"),
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gte=models.F("starts")),
                name="membership_term_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.organisation_id} · {self.role} · {self.starts}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Reads of invitations."""

    def open(self, moment: datetime) -> Self:
        """Those that can still be accepted at ``moment``."""
        return self.filter(accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=moment)


class Invitation(models.Model):
    """A mailed offer of a role. The token is never stored, only its SHA-256.

    ``nonce`` and the installation's secret key together give the token (see ``reporting.invitation_token``), so
    that a mail lost in an outage can be sent again. ``mailed_at`` is empty until the mail left.
    """

    email = models.EmailField(_("mail address"))
    name = models.CharField(pgettext_lazy("person", "name"), max_length=120)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="invitations")
    role = models.CharField(_("role"), max_length=20, choices=[(r.value, r.value) for r in MemberRole])
    nonce = models.CharField(max_length=32)
    token_sha256 = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="invitations_sent")
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    mail_attempts = models.PositiveSmallIntegerField(default=0)
    next_mail_at = models.DateTimeField()

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "email", "role"],
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="invitation_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} · {self.organisation_id} · {self.role}"
