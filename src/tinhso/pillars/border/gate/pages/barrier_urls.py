"""The barrier officer's screen."""

from django.urls import path

from tinhso.pillars.border.gate.pages import barrier, noted, relay

urlpatterns = [
    path("barie/", barrier.choose, name="barriers"),
    path("barie/<str:code>/", barrier.station, name="barrier"),
    path("barie/<str:code>/may-doc/", barrier.handle, name="barrier_reading"),
    path("barie/<str:code>/may-doc/thu/", barrier.play, name="barrier_camera"),
    path("barie/<str:code>/mo/", barrier.open_up, name="barrier_open"),
    path("barie/<str:code>/lan/", relay.choose_lane, name="barrier_lane"),
    path("barie/mo-tay/<uuid:command_id>/", relay.by_hand, name="barrier_by_hand"),
    path("barie/<str:code>/bien-khac/", barrier.other_plate, name="barrier_other_plate"),
    path("barie/<str:code>/chua-khai-bao/", barrier.undeclared, name="barrier_undeclared"),
    path("barie/<str:code>/xe-chua-khai-bao/", noted.here, name="barrier_noted"),
    path("barie/<str:code>/xe-chua-khai-bao/<uuid:arrival_id>/roi-di/", noted.left, name="barrier_left"),
    path("barie/<str:code>/xe-chua-khai-bao/<uuid:arrival_id>/loi-khai/", noted.said, name="barrier_said"),
    path("barie/<str:code>/xe-chua-khai-bao/<uuid:arrival_id>/nham/", noted.mistaken, name="barrier_mistaken"),
    path("barie/<str:code>/gui-lien-ket/<uuid:arrival_id>/", barrier.send_link, name="barrier_link"),
]
