from django.urls import path

from tinhso.kernel.search.pages import views

urlpatterns = [
    path("", views.search, name="search"),
    path("nhanh.json", views.quick, name="quick"),
]
