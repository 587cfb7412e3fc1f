from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.descriptor import Module


class Console(Module):
    name = "tinhso.kernel.console"
    label = "kernel_console"
    title = _("console")
