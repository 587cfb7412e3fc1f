from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.descriptor import Module


class CommandCentre(Module):
    name = "tinhso.roof.ioc"
    label = "roof_ioc"
    title = _("Command centre")
    slug = "bang-dieu-hanh"
    owner = "UBND"
    systems = ("ioc",)
