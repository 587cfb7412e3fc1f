"""The gate's addresses under /cua-khau-so/, face by face."""

from __future__ import annotations

from django.urls import path
from django.views.generic import RedirectView

from tinhso.pillars.border.gate.pages import (
    barrier_urls,
    board_urls,
    desk_urls,
    driver_urls,
    firm_urls,
    offline_urls,
    quarantine_urls,
)

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="border_gate:ways"), name="start"),
    *desk_urls.urlpatterns,
    *barrier_urls.urlpatterns,
    *driver_urls.urlpatterns,
    *offline_urls.urlpatterns,
    *board_urls.urlpatterns,
    *firm_urls.urlpatterns,
    *quarantine_urls.urlpatterns,
]
