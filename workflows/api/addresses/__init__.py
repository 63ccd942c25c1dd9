"""Addresses of the procedures for programs, below /api/v1/."""

from workflows.api.addresses import archives, cases, committees, imports, meetings, public

urlpatterns = [
    *cases.urlpatterns,
    *meetings.urlpatterns,
    *committees.urlpatterns,
    *imports.urlpatterns,
    *public.urlpatterns,
    *archives.urlpatterns,
]
