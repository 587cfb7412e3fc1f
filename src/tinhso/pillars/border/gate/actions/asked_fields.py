"""A firm's form asks what the rulebook has it ask of such a trip: fields that are required, fields left out."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms

from tinhso.kernel.base import clock
from tinhso.pillars.border.gate.queries.law import law_at
from tinhso.pillars.border.gate.rules.asked import HIDDEN, REQUIRED, need_of

WHAT = {
    "customs_no": "customs_no", "certificate": "certificate_1", "packages": "packages_1",
    "temperature": "temperature_1", "un_number": "un_number_1", "partner_phone": "partner_phone",
    "quantity": "quantity_1", "value": "value_1", "net_kg": "net_kg_1",
}  # fmt: skip
WHO = {
    "trailer": "trailer", "container_no": "container_no", "seal_no": "seal_no", "reefer_temp": "reefer_temp",
    "tir": "tir_carnet_no", "ecmr": "ecmr_ref",
}  # fmt: skip


def obey(form: forms.Form, names: Mapping[str, str], trip_type: str) -> None:
    """Require or leave out the form's fields, by the rules of today; a driver is always asked for.

    What is left out counts as empty (the validator of the declaration asks the same rules, also over the API).
    """
    needs = law_at(clock.now()).needs
    for rule, name in names.items():
        need = need_of(rule, trip_type, needs)
        if need == HIDDEN:
            form.fields[name].widget = forms.HiddenInput()
            form.fields[name].disabled = True
            form.initial[name] = ""
        elif need == REQUIRED:
            form.fields[name].required = True
