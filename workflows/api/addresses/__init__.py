"""Addresses of the procedures for programs, below /api/v1/."""

from workflows.api.addresses import cases, committees, meetings

urlpatterns = [*cases.urlpatterns, *meetings.urlpatterns, *committees.urlpatterns]
