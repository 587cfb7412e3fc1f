from django.urls import path

from tinhso.kernel.notices.pages import views

urlpatterns = [
    path("", views.notices, name="list"),
    path("da-doc/", views.read_all, name="read_all"),
    path("<uuid:notice>/", views.open_notice, name="open"),
]
