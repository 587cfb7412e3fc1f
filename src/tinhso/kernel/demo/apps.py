from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.descriptor import Module


class Demo(Module):
    name = "tinhso.kernel.demo"
    label = "kernel_demo"
    title = _("demo")
