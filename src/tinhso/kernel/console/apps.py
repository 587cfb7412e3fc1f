from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.descriptor import Module


class Console(Module):
    name = "tinhso.kernel.console"
    label = "kernel_console"
    title = _("console")

    def ready(self) -> None:
        """Besides: what it tells people is known before its pages are, so that its words can be kept as rows."""
        super().ready()
        from tinhso.kernel.console import accounts  # noqa: F401
