from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.descriptor import Module


class Access(Module):
    name = "tinhso.kernel.access"
    label = "kernel_access"
    title = _("access")
