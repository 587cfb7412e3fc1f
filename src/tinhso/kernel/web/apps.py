from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.descriptor import Module


class Web(Module):
    name = "tinhso.kernel.web"
    label = "kernel_web"
    title = _("faces and pieces")
