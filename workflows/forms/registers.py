"""What is sought in the public registers of committees and decisions."""

from django import forms
from django.utils.translation import gettext_lazy as _


class CommitteeRegisterForm(forms.Form):
    """Words of code, name or host."""

    text = forms.CharField(label=_("Name, code or host"), required=False, max_length=100)


class DecisionRegisterForm(forms.Form):
    """Words of reference, committee or host; the kind of decision and the committee come by links."""

    text = forms.CharField(label=_("Reference, committee or host"), required=False, max_length=100)
    kind = forms.SlugField(required=False, max_length=40)
    committee = forms.SlugField(required=False, max_length=12)
