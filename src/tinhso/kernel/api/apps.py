from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.descriptor import Module


class Api(Module):
    name = "tinhso.kernel.api"
    label = "kernel_api"
    title = _("API for other systems")
