from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.descriptor import Module


class Numbering(Module):
    name = "tinhso.kernel.numbering"
    label = "kernel_numbering"
    title = _("numbering")
