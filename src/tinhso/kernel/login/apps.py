from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.descriptor import Module


class Login(Module):
    name = "tinhso.kernel.login"
    label = "kernel_login"
    title = _("login")
    slug = "dang-nhap"

    def ready(self) -> None:
        """Note in the session when a second factor was set up in it."""
        super().ready()
        from allauth.mfa.signals import authenticator_added

        from tinhso.kernel.access import second_factor

        authenticator_added.connect(second_factor.note_added, dispatch_uid="kernel_login.note_added")
