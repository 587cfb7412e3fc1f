from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.descriptor import Module


class Exchange(Module):
    name = "tinhso.kernel.exchange"
    label = "kernel_exchange"
    title = _("exchange")
