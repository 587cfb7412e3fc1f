from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.descriptor import Module


class Machines(Module):
    name = "tinhso.kernel.machines"
    label = "kernel_machines"
    title = _("machines of others")
