"""The driver's page and what anybody may ask."""

from django.urls import path

from tinhso.pillars.border.gate.pages import driver, driver_help

urlpatterns = [
    path("xe/", driver_help.ways, name="ways"),
    path("xep-hang/", driver_help.order, name="order"),
    path("tra-cuu/", driver_help.find, name="find"),
    path("lai-xe/", driver.trip, name="driver"),
    path("lai-xe/dang-di/", driver.going, name="driver_going"),
    path("lai-xe/sw.js", driver.worker, name="driver_worker"),
]
