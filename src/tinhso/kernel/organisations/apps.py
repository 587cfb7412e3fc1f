from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.descriptor import Module


class Organisations(Module):
    name = "tinhso.kernel.organisations"
    label = "kernel_organisations"
    title = _("organisations")
