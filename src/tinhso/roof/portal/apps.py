from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.descriptor import Module


class Portal(Module):
    name = "tinhso.roof.portal"
    label = "roof_portal"
    title = _("Portal of the province")
    slug = ""
    owner = "STTTT"
    systems = ("portal",)
