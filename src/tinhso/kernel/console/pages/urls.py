from django.urls import path

from tinhso.kernel.console.pages import modules

urlpatterns = [
    path("modules", modules.modules, name="modules"),
]
