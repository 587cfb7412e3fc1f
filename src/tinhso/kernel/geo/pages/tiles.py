"""The map's door on the home page."""

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.declare import door

MAP = door(
    "kernel_geo.map",
    title=_("Map of the province"),
    icon="map-2",
    url="kernel_geo:map",
    order=90,
    hint=_("communes, wards and places"),
)
