"""What holds for every page of a signed-in person: who it is, their language, and that no copy is left behind."""

from collections.abc import Callable

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from ethicsreview.accounts.models import User
from ethicsreview.accounts.queries import signed_in_person


class PersonBackend(ModelBackend):
    """Signs in by password; a request's person comes with what every page asks of a person, in the same query."""

    def get_user(self, user_id: int) -> User | None:
        person = signed_in_person(user_id, timezone.localdate())
        return person if person is not None and self.user_can_authenticate(person) else None


class PrivateMiddleware:
    """Keeps pages of a signed-in person out of every cache, so that "back" shows nothing after signing out.

    A response that says itself how it may be kept is left alone.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        signed_in = request.user.is_authenticated
        response = self.get_response(request)
        if signed_in and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        return response


class PreferenceMiddleware:
    """Activates the language a signed-in person chose; visitors keep what their browser or cookie says."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language() or "en"
        return self.get_response(request)
