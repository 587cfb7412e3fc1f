from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.descriptor import Module


class Login(Module):
    name = "tinhso.kernel.login"
    label = "kernel_login"
    title = _("login")
