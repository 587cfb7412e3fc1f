from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.descriptor import Module


class Identity(Module):
    name = "tinhso.kernel.identity"
    label = "kernel_identity"
    title = _("identity")
