"""Addresses of the roof."""

from django.urls import path

from ethicsreview.portal.views import (
    figures,
    pages,
    readings,
    regulator_case,
    regulator_desk,
    regulator_verification,
    search,
    search_archive,
)

app_name = "portal"
urlpatterns = [
    path("", pages.home, name="home"),
    path("search/", search.search, name="search"),
    path("search/archive/", search_archive.archive, name="search-archive"),
    path("search/elsewhere/", search.elsewhere, name="search-elsewhere"),
    path("search/saved/", search.save, name="search-save"),
    path("search/saved/<int:pk>/", search.saved, name="search-saved"),
    path("search/saved/<int:pk>/edit/", search.edit, name="search-edit"),
    path("search/saved/<int:pk>/remove/", search.remove, name="search-remove"),
    path("healthz", pages.healthz, name="healthz"),
    path("readyz", pages.readyz, name="readyz"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("accounts/organisation/<int:organisation_id>/readings/", readings.readings, name="readings"),
    path("regulator/", regulator_desk.desk, name="regulator"),
    path("regulator/figures/", figures.figures, name="figures"),
    path("regulator/figures/figures.xlsx", figures.figures_workbook, name="figures-workbook"),
    path("regulator/figures/tables/<slug:key>.csv", figures.figures_table, name="figures-table"),
    path("regulator/cases/", regulator_desk.cases, name="regulator-cases"),
    path("regulator/cases/<str:reference>/", regulator_case.overview, name="regulator-case"),
    path("regulator/cases/<str:reference>/application/", regulator_case.application, name="regulator-application"),
    path("regulator/cases/<str:reference>/ratings/", regulator_case.ratings, name="regulator-ratings"),
    path("regulator/cases/<str:reference>/votes/", regulator_case.votes, name="regulator-votes"),
    path("regulator/cases/<str:reference>/minutes/", regulator_case.minutes, name="regulator-minutes"),
    path(
        "regulator/cases/<str:reference>/files/<int:file_id>/<int:number>/",
        regulator_case.file_download,
        name="regulator-file",
    ),
    path(
        "regulator/cases/<str:reference>/files/<int:file_id>/<int:number>/pages/<int:page>/",
        regulator_case.file_page,
        name="regulator-file-page",
    ),
    path("regulator/reports/<int:pk>/", regulator_case.report, name="regulator-report"),
    path("regulator/verifications/", regulator_desk.verifications, name="regulator-verifications"),
    path("regulator/verifications/<int:pk>/", regulator_verification.overview, name="regulator-verification"),
    path("regulator/verifications/<int:pk>/ratings/", regulator_verification.rounds, name="regulator-rounds"),
    path("regulator/verifications/<int:pk>/findings/", regulator_verification.findings, name="regulator-findings"),
    path("regulator/verifications/<int:pk>/votes/", regulator_verification.ballots, name="regulator-ballots"),
    path(
        "regulator/verifications/<int:pk>/evidence/<int:evidence_id>/",
        regulator_verification.evidence,
        name="regulator-evidence",
    ),
    path(
        "regulator/verification-reports/<int:pk>/", regulator_verification.report, name="regulator-verification-report"
    ),
    path("regulator/committees/", regulator_desk.committees, name="regulator-committees"),
    path("regulator/committees/<str:code>/", regulator_desk.committee, name="regulator-committee"),
]
