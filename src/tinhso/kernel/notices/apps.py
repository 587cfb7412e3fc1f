from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.descriptor import Module


class Notices(Module):
    name = "tinhso.kernel.notices"
    label = "kernel_notices"
    title = _("notices")
    slug = "thong-bao"

    def ready(self) -> None:
        """Codes of links go by the same gateway as notices, where one is connected."""
        super().ready()
        from tinhso.kernel.identity import adapters
        from tinhso.kernel.notices.channels.choice import HTTP, sms, way_of
        from tinhso.kernel.notices.channels.codes import CodeBySms

        if way_of("sms") == HTTP:
            adapters.use(CodeBySms(sms()))
