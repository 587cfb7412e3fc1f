"""Quarantine: the registry of codes, medical control, refused goods."""

from django.urls import path

from tinhso.pillars.border.gate.pages import quarantine

urlpatterns = [
    path("ma-vung-trong/", quarantine.registry, name="codes"),
    path("ma-vung-trong/nhap/", quarantine.bring_in, name="codes_bring_in"),
    path("ma-vung-trong/<uuid:code_id>/", quarantine.one_code, name="code"),
    path("ma-vung-trong/<uuid:code_id>/hieu-luc/", quarantine.set_standing, name="code_standing"),
    path("kiem-dich-y-te/", quarantine.medical, name="medical"),
    path("kiem-dich-y-te/<str:code>/", quarantine.set_medical, name="medical_order"),
    path("hang-bi-tra/", quarantine.refusals, name="refusals"),
]
