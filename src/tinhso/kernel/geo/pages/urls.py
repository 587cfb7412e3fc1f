from django.urls import path

from tinhso.kernel.geo.pages import views

urlpatterns = [
    path("", views.map_page, name="map"),
    path("hinh.svg", views.picture, name="picture"),
    path("kieu.json", views.style, name="style"),
    path("o/<slug:layer>/<int:z>/<int:x>/<int:y>.pbf", views.tile, name="tile"),
]
