from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.descriptor import Module


class Modules(Module):
    name = "tinhso.kernel.modules"
    label = "kernel_modules"
    title = _("modules")

    def ready(self) -> None:
        from tinhso.kernel.modules.checks import register_checks

        super().ready()
        register_checks()
