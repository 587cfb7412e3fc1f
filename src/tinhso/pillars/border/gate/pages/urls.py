"""The gate's addresses under /cua-khau-so/, face by face."""

from __future__ import annotations

from tinhso.pillars.border.gate.pages import barrier_urls, board_urls, desk_urls, driver_urls, firm_urls

urlpatterns = [
    *desk_urls.urlpatterns,
    *barrier_urls.urlpatterns,
    *driver_urls.urlpatterns,
    *board_urls.urlpatterns,
    *firm_urls.urlpatterns,
]
