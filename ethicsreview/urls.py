"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path, re_path

from assessments.views.overview import overview
from ethicsreview.interface.api.doors import NowhereDoor
from ethicsreview.portal.views.pages import standing_of_document
from workflows.queries.rulebooks import latest_scheme

urlpatterns = [
    path("", include("ethicsreview.portal.urls")),
    path("accounts/", include("ethicsreview.accounts.urls")),
    path("notices/", include("ethicsreview.notices.urls")),
    path("verify/", include("ethicsreview.documents.urls"), {"standings": standing_of_document}),
    path("maturity/<int:pk>/", overview, {"scheme": latest_scheme}),
    path("maturity/", include("assessments.urls")),
    path("", include("workflows.urls")),
    path("", include("ethicsreview.interface.urls")),
    path("api/v1/", include("workflows.api.addresses")),
    path("api/v1/", include("assessments.api.addresses")),
    path("api/v1/", include("workflows.api.maturity_addresses")),
    path("api/v1/", include("ethicsreview.portal.api.addresses")),
    re_path(r"^api/", NowhereDoor.as_view()),
    path("admin/", admin.site.urls),
]
