"""The list of notices."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ethicsreview.notices import actions
from ethicsreview.notices.models import Notice
from ethicsreview.notices.queries import notice_page
from ethicsreview.notices.reporting import about, headline


@require_safe
@login_required
@never_cache
def notice_list(request: HttpRequest) -> HttpResponse:
    """What this person was told, unread first."""
    page = notice_page(request.user, after=request.GET.get("after", ""))
    language = get_language() or "en"
    rows = [(notice, headline(notice, language), about(notice, language)) for notice in page.notices]
    return render(request, "notices/notice_list.html", {"rows": rows, "after": page.after})


@require_POST
@login_required
def open_notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Marks the notice read and goes where it points."""
    try:
        notice = actions.mark_read(notice_id, actor=request.user, now=timezone.now())
    except Notice.DoesNotExist as missing:
        raise Http404 from missing
    return redirect(notice.link)


@require_POST
@login_required
def read_all(request: HttpRequest) -> HttpResponse:
    """Marks everything read."""
    actions.mark_all_read(actor=request.user, now=timezone.now())
    messages.success(request, _("All notices are marked as read."))
    return redirect("notices:list")
