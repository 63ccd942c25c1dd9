"""From a notice to words, and from words to a mail."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template import Context, Engine, TemplateDoesNotExist
from django.utils import formats, timezone, translation
from django.utils.dateparse import parse_date, parse_datetime

from ethicsreview.notices.domain import ATTEMPTS, DeliveryState, is_local, plain, wait_after
from ethicsreview.notices.models import Delivery, Notice

LONGEST_SUBJECT = 160


@dataclass(frozen=True)
class Words:
    """A mail's two texts, in one language."""

    subject: str
    body: str


def compose(*, verb: str, language: str, name: str, params: dict[str, Any], link: str = "") -> Words:
    """The mail of ``verb`` for ``name`` in ``language``.

    ``params`` are strings, numbers, ISO dates or moments under the names ``date`` and ``deadline``, lists of
    paragraphs, or mappings ``{"en": …, "zh": …}`` of which the reader's language is taken. Every value and paragraph
    is put on one line, so that a title can neither add a header nor a paragraph. Raises ``TemplateDoesNotExist`` for
    a verb without words.
    """
    with translation.override(language):
        values = {key: _value(key, value, language) for key, value in params.items()}
        context = {
            **values,
            "name": plain(name),
            "link": absolute(link) if link else "",
            "site": settings.PUBLIC_ADDRESS,
        }
        subject = plain(_render(f"mail/{verb}_subject.txt", context))[:LONGEST_SUBJECT]
        return Words(subject, _render(f"mail/{verb}.txt", context).strip() + "\n")


def headline(notice: Notice, language: str) -> str:
    """A notice in one line, as the list of notices shows it."""
    return compose(verb=notice.verb, language=language, name="", params=notice.params, link=notice.link).subject


def about(notice: Notice, language: str) -> str:
    """The title of what a notice is about, empty when it has none."""
    return str(_value("title", notice.params.get("title", ""), language))


def absolute(link: str) -> str:
    """``link`` with this site's public address before it; raises ``ValueError`` for one that leads elsewhere."""
    if not is_local(link):
        raise ValueError(f"{link!r} leads away from this site")
    site: str = settings.PUBLIC_ADDRESS
    return site.rstrip("/") + link


def post(words: Words, *, address: str, reference: str) -> None:
    """Hand one mail to the mail server; ``reference`` names it, so that a repeated one can be told.

    Raises ``OSError``; ``smtplib``'s errors are of that kind.
    """
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip(">") or "localhost"
    EmailMessage(
        subject=words.subject,
        body=words.body,
        to=[address],
        headers={"Message-ID": f"<{reference}@{host}>", "Auto-Submitted": "auto-generated"},
    ).send()


def deliver(delivery_id: int, *, now: datetime) -> None:
    """Send the mail of one notice unless it was sent, withdrawn or is being sent; a failure is kept and waits."""
    with transaction.atomic():
        delivery = (
            Delivery.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("notice__user")
            .filter(pk=delivery_id, state=DeliveryState.QUEUED.value)
            .first()
        )
        if delivery is not None:
            _attempt(delivery, now)


def _attempt(delivery: Delivery, now: datetime) -> None:
    notice = delivery.notice
    user = notice.user
    if notice.withdrawn_at is not None or not user.is_active:
        delivery.state = DeliveryState.WITHDRAWN.value
    else:
        delivery.attempts += 1
        try:
            words = compose(
                verb=notice.verb,
                language=user.language,
                name=user.name_in(user.language),
                params=notice.params,
                link=notice.link,
            )
            post(words, address=user.email, reference=f"notice-{notice.pk}")
        except (OSError, ValueError, TemplateDoesNotExist) as fault:
            delivery.error = plain(f"{type(fault).__name__}: {fault}")[:300]
            delivery.next_try_at = now + wait_after(delivery.attempts)
            given_up = delivery.attempts >= ATTEMPTS
            delivery.state = (DeliveryState.FAILED if given_up else DeliveryState.QUEUED).value
        else:
            delivery.state, delivery.sent_at, delivery.error = DeliveryState.SENT.value, now, ""
    delivery.save(update_fields=["state", "attempts", "error", "sent_at", "next_try_at"])


def _render(template: str, context: dict[str, Any]) -> str:
    # a mail is plain text: the backend's own render() would escape as for a page
    text: str = Engine.get_default().get_template(template).render(Context(context, autoescape=False))
    return text


def _value(key: str, value: Any, language: str) -> Any:
    if isinstance(value, dict):
        code = language[:2]
        value = value.get(code) or value.get("en") or next(iter(value.values()), "")
    if isinstance(value, list):
        return [plain(str(paragraph)) for paragraph in value]
    if key in {"date", "deadline"} and isinstance(value, str):
        return _moment(value)
    return plain(value) if isinstance(value, str) else value


def _moment(text: str) -> str:
    # a day no calendar has is shown as it was written: it must not close the list of everything else
    try:
        if len(text) > 10 and (moment := parse_datetime(text)) is not None:
            return formats.date_format(timezone.localtime(moment), "DATETIME_FORMAT")
        day: date | None = parse_date(text[:10])
    except (ValueError, OverflowError):
        return plain(text)
    return formats.date_format(day, "DATE_FORMAT") if day else plain(text)
