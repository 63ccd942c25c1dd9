"""Tokens of programs, and what was answered to calls that may be repeated."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ethicsreview.accounts.models import Organisation
from ethicsreview.interface.domain.webhooks import DeliveryState, Failure


class TokenQuerySet(models.QuerySet["Token"]):
    """Reads of tokens by moment."""

    def running(self, moment: datetime) -> Self:
        """Those that open the door at ``moment``."""
        return self.filter(revoked_at__isnull=True, expires_at__gt=moment)


class Token(models.Model):
    """A program's key; of the secret only its SHA-256 is kept.

    ``user`` is whose rights it carries: the person who made it, or, for a token of an organisation, a service account
    that holds roles there and nowhere else. ``made_by`` answers for it. ``scopes`` narrow the rights.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="tokens")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="tokens"
    )
    name = models.CharField(pgettext_lazy("token", "name"), max_length=80)
    scopes = models.JSONField(_("scopes"), default=list)
    sha256 = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("made"))
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    objects = TokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")

    def __str__(self) -> str:
        return f"{self.pk} · {self.name}"


class Call(models.Model):
    """A call that named an Idempotency-Key, so that its repetition changes nothing and gets the same answer.

    ``changed`` is set in the transaction of the change itself: where it is true and ``status`` is empty, the change
    stands and its answer was lost. ``fingerprint`` is the SHA-256 of method, path and body. Rows are kept a day.
    """

    token = models.ForeignKey(Token, on_delete=models.CASCADE, related_name="calls")
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    begun_at = models.DateTimeField()
    changed = models.BooleanField(default=False)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token", "key"], name="call_key_once"),
            models.CheckConstraint(condition=Q(status__isnull=True) | Q(status__lt=300), name="call_keeps_successes"),
        ]
        indexes = [models.Index(fields=["begun_at"], name="call_by_age")]

    def __str__(self) -> str:
        return f"{self.token_id} · {self.key}"


class WebhookQuerySet(models.QuerySet["Webhook"]):
    """Reads of webhooks."""

    def running(self) -> Self:
        """Those that are told of events."""
        return self.filter(ended_at__isnull=True)


class Webhook(models.Model):
    """An address that is told of events in an organisation's chain.

    Its secret stands nowhere: it is made of ``nonce`` and the installation's key. ``told`` is the number of the last
    event of the chain that was looked at. ``verbs`` narrows: ``case.accept``, or ``case.*``; empty means all.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="webhooks")
    address = models.CharField(_("address"), max_length=500)
    verbs = models.JSONField(_("verbs"), default=list, blank=True)
    nonce = models.CharField(max_length=32)
    told = models.PositiveBigIntegerField(default=0)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("made"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")

    def __str__(self) -> str:
        return f"{self.pk} · {self.address}"


class WebhookDelivery(models.Model):
    """One event told to one webhook: the ledger of what was sent, when, and what came back."""

    webhook = models.ForeignKey(Webhook, on_delete=models.PROTECT, related_name="deliveries")
    # without a constraint: events are never removed, and TRUNCATE of them is refused by their own trigger
    event = models.ForeignKey("audit.AuditEvent", on_delete=models.PROTECT, related_name="+", db_constraint=False)
    state = models.CharField(
        _("state"), max_length=10, choices=[(s.value, s.value) for s in DeliveryState], default="queued"
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    last_status = models.PositiveSmallIntegerField(null=True, blank=True)
    last_error = models.CharField(max_length=20, choices=[(one.value, one.value) for one in Failure], blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        constraints = [models.UniqueConstraint(fields=["webhook", "event"], name="webhook_event_once")]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(state="queued"), name="webhook_delivery_due"),
        ]

    def __str__(self) -> str:
        return f"{self.webhook_id} · {self.event_id} · {self.state}"
