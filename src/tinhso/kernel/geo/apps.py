from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.descriptor import Module


class Geo(Module):
    name = "tinhso.kernel.geo"
    label = "kernel_geo"
    title = _("map")
    slug = "ban-do"
