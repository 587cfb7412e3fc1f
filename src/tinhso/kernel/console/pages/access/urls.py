from django.urls import path

from tinhso.kernel.console.pages.access import powers, views

urlpatterns = [
    path("quan-tri/quyen/", views.matrix, name="access"),
    path("quan-tri/quyen/vai-tro/<slug:code>/", views.role, name="role"),
    path("quan-tri/ma-tran-quyen/", powers.powers, name="powers"),
    path("quan-tri/quyen/hoi/", views.ask, name="ask_access"),
]
