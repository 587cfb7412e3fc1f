from django.urls import path

from tinhso.kernel.console.pages.organisations import views

urlpatterns = [
    path("to-chuc/", views.agencies, name="agencies"),
    path("to-chuc/don-vi/", views.units, name="units"),
    path("to-chuc/don-vi/<str:code>/<str:first_day>/", views.unit, name="unit"),
    path("to-chuc/co-quan/<str:code>/", views.agency, name="agency"),
]
