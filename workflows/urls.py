"""Addresses of workflows."""

from django.urls import path

from workflows.views import cases, committees

app_name = "workflows"
urlpatterns = [
    path("cases/", cases.case_list, name="case-list"),
    path("cases/<int:pk>/", cases.case_page_view, name="case"),
    path("committees/", committees.committee_list, name="committee-list"),
    path("committees/<int:pk>/", committees.committee_page, name="committee"),
]
