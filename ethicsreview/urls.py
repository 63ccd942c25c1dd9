"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path

from ethicsreview.portal.views import standing_of_document

urlpatterns = [
    path("", include("ethicsreview.portal.urls")),
    path("accounts/", include("ethicsreview.accounts.urls")),
    path("notices/", include("ethicsreview.notices.urls")),
    path("verify/", include("ethicsreview.documents.urls"), {"standings": standing_of_document}),
    path("maturity/", include("assessments.urls")),
    path("", include("workflows.urls")),
    path("admin/", admin.site.urls),
]
