from django.urls import path

from tinhso.kernel.console.pages.access import glass, powers, views

urlpatterns = [
    path("quan-tri/quyen/", views.matrix, name="access"),
    path("quan-tri/quyen/vai-tro/<slug:code>/", views.role, name="role"),
    path("quan-tri/ma-tran-quyen/", powers.powers, name="powers"),
    path("quan-tri/mo-kinh/", glass.own, name="glass"),
    path("quan-tri/mo-kinh/<uuid:glass_id>/dong/", glass.end, name="glass_end"),
    path("quan-tri/mo-kinh/danh-sach/", glass.glasses, name="glasses"),
    path("quan-tri/quyen/hoi/", views.ask, name="ask_access"),
]
