from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.descriptor import Module


class Modules(Module):
    name = "tinhso.kernel.modules"
    label = "kernel_modules"
    title = _("modules")
