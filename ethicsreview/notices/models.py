"""What a person was told, and the ledger of its mail."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ethicsreview.notices.domain import DeliveryState, Verb


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Reads of notices."""

    def visible_to(self, user_id: int) -> Self:
        """A person's own notices, without those withdrawn."""
        return self.filter(user_id=user_id, withdrawn_at__isnull=True)

    def unread(self) -> Self:
        """Those not yet read."""
        return self.filter(read_at__isnull=True)


class Notice(models.Model):
    """One thing told to one person. ``params`` fill the words; ``link`` is an address on this site.

    ``subject`` is ``<kind>:<id>`` of what it is about, so that a recusal can take it back.
    """

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="notices")
    verb = models.CharField(_("what happened"), max_length=40, choices=[(v.value, v.value) for v in Verb])
    params = models.JSONField(_("particulars"), default=dict)
    link = models.CharField(_("address"), max_length=300)
    subject = models.CharField(_("subject"), max_length=80, blank=True)
    created_at = models.DateTimeField(_("at"))
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [
            models.CheckConstraint(
                condition=Q(link__startswith="/") & ~Q(link__startswith="//"), name="notice_link_stays_here"
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="notice_by_user"),
            models.Index(
                fields=["user", "-id"],
                name="notice_unread",
                condition=Q(read_at__isnull=True, withdrawn_at__isnull=True),
            ),
            models.Index(fields=["subject", "user"], name="notice_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} · {self.user_id}"


class Delivery(models.Model):
    """The mail of a notice: sent at most once, tried again until it is sent or given up."""

    notice = models.OneToOneField(Notice, on_delete=models.PROTECT, related_name="delivery")
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=[(s.value, s.value) for s in DeliveryState],
        default=DeliveryState.QUEUED.value,
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.CharField(_("last error"), max_length=300, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    next_try_at = models.DateTimeField(_("next attempt"))

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="delivery_sent_has_a_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], name="delivery_due", condition=Q(state="queued")),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} · {self.state}"
