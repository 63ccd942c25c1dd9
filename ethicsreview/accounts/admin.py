"""The operator's back office: people and organisations are saved by the actions, the rest is only read here."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_protect

from ethicsreview.accounts import actions
from ethicsreview.accounts.actions.organisations import OrganisationData
from ethicsreview.accounts.actions.people import UserData
from ethicsreview.accounts.domain import OrganisationKind, Problem, Reach
from ethicsreview.accounts.models import Invitation, Membership, Organisation, User
from ethicsreview.accounts.wording import PROBLEMS
from ethicsreview.documents.forms import printable

admin.site.unregister(Group)  # not used: what a person may do follows from memberships, never from groups


class ForOperators:
    """Open to everybody who runs the installation; Django's permissions per model are not used."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and request.user.is_staff

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_active and request.user.is_staff

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnly(ForOperators):
    """Shown, never written or removed here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ByAction(ForOperators):
    """Saved by an action, which opens its own transaction; Django's admin would wrap one around it."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    @method_decorator(csrf_protect)
    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        page: HttpResponse = self._changeform_view(request, object_id, form_url, extra_context)  # type: ignore[attr-defined]
        return page

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Nothing: the action has saved what belongs to it."""


class PrintedNames(forms.BaseForm):
    """Names and other words that signed documents can print."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.CharField):
                field.validators.append(printable)


class UserForm(PrintedNames, forms.ModelForm[User]):
    """An account, without its password: the person sets that by a mailed link."""

    class Meta:
        model = User
        fields = ["email", "name", "name_zh", "language", "is_active", "is_staff"]

    acting_pk: int | None = None

    def clean_email(self) -> str:
        """The address as accounts are kept."""
        address: str = self.cleaned_data["email"].strip().lower()
        return address

    def clean(self) -> dict[str, Any]:
        """What the action would refuse."""
        filled = super().clean() or self.cleaned_data
        own = self.acting_pk is not None and self.instance.pk == self.acting_pk
        if own and not (filled.get("is_active") and filled.get("is_staff")):
            raise forms.ValidationError(str(PROBLEMS[Problem.OWN_RIGHTS]), code=Problem.OWN_RIGHTS.value)
        return filled


@admin.register(User)
class UserAdmin(ByAction, admin.ModelAdmin[User]):
    """Accounts; a new one is mailed a link to set its password."""

    form = UserForm
    list_display = ["email", "name", "name_zh", "is_active", "is_staff", "last_login"]
    list_filter = ["is_active", "is_staff"]
    search_fields = ["email", "name", "name_zh"]
    ordering = ["email"]

    def get_form(
        self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm[User]]:
        form = super().get_form(request, obj, change, **kwargs)
        form.acting_pk = request.user.pk  # type: ignore[attr-defined]
        return form

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        data = UserData(**{name: form.cleaned_data[name] for name in UserForm.Meta.fields})
        saved = actions.save_user(obj.pk, data=data, actor=request.user, now=timezone.now())  # type: ignore[arg-type]
        obj.pk = saved.pk


class OrganisationForm(PrintedNames, forms.ModelForm[Organisation]):
    """What the operator says of an organisation; letterhead and logo are its managers' own page."""

    class Meta:
        model = Organisation
        fields = ["kind", "name", "name_zh", "credit_code", "province", "sector", "reach", "covered"]


@admin.register(Organisation)
class OrganisationAdmin(ByAction, admin.ModelAdmin[Organisation]):
    """Organisations; ``covered`` counts for an authority with a listed jurisdiction."""

    form = OrganisationForm
    list_display = ["name", "name_zh", "kind", "province", "sector", "reach"]
    list_filter = ["kind", "reach"]
    search_fields = ["name", "name_zh", "credit_code"]
    autocomplete_fields = ["covered"]
    ordering = ["name"]

    def save_model(self, request: HttpRequest, obj: Organisation, form: Any, change: bool) -> None:
        filled = form.cleaned_data
        plain = {name: filled[name] for name in ("name", "name_zh", "credit_code", "province", "sector")}
        data = OrganisationData(
            kind=OrganisationKind(filled["kind"]),
            reach=Reach(filled["reach"]),
            covered=[each.pk for each in filled["covered"]],
            **plain,
        )
        actor: User = request.user  # type: ignore[assignment]
        obj.pk = actions.save_organisation(obj.pk, data=data, actor=actor, now=timezone.now()).pk


@admin.register(Membership)
class MembershipAdmin(ReadOnly, admin.ModelAdmin[Membership]):
    """Who holds which role; begun by invitation and ended on the organisation's page."""

    list_display = ["user", "organisation", "role", "starts", "ends"]
    list_filter = ["role"]
    list_select_related = ["user", "organisation"]
    search_fields = ["user__email", "user__name", "organisation__name"]
    ordering = ["-id"]


@admin.register(Invitation)
class InvitationAdmin(ReadOnly, admin.ModelAdmin[Invitation]):
    """Who was invited, and whether the mail left; nothing of the secret."""

    list_display = ["email", "organisation", "role", "expires_at", "mailed_at", "mail_attempts", "accepted_at"]
    list_filter = ["role"]
    list_select_related = ["organisation"]
    search_fields = ["email", "organisation__name"]
    ordering = ["-id"]
    exclude = ["nonce", "token_sha256"]
