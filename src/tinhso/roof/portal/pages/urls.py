from django.urls import path

from tinhso.roof.portal.pages import views

urlpatterns = [
    path("", views.home, name="home"),
    path("cac-noi/", views.places, name="places"),
]
