"""Addresses of notices."""

from django.urls import path

from ethicsreview.notices import views

app_name = "notices"
urlpatterns = [
    path("", views.notice_list, name="list"),
    path("<int:notice_id>/open/", views.open_notice, name="open"),
    path("read/", views.read_all, name="read-all"),
]
