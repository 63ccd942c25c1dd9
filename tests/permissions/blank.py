"""A template engine that writes nothing: who is let in is asked here, what a page says is asked elsewhere."""

from typing import Any

from django.template.backends.base import BaseEngine


class Blank:
    """Every template."""

    def render(self, context: Any = None, request: Any = None) -> str:
        """Nothing."""
        return ""


class Engine(BaseEngine):
    """Finds every template and reads none."""

    app_dirname = "templates"

    def __init__(self, params: dict[str, Any]) -> None:
        params.pop("OPTIONS", None)
        super().__init__(params)

    def from_string(self, template_code: str) -> Blank:
        """The one there is."""
        return Blank()

    def get_template(self, template_name: str) -> Blank:
        """The one there is."""
        return Blank()


TEMPLATES = [{"BACKEND": "tests.permissions.blank.Engine", "NAME": "blank", "DIRS": [], "APP_DIRS": False}]
