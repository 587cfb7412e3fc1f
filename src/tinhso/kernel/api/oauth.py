"""OAuth 2.0 for programs: a key is changed for an access token that holds an hour (client credentials, RFC 6749 4.4).

The client's number is the program's, its secret any of its keys. The token carries all that the program may; it
ends with its key, and where the key is bound to a certificate so is the token (RFC 8705).
"""

from __future__ import annotations

import os
from typing import Any
from uuid import UUID

from authlib.integrations.django_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin, grants
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from tinhso.kernel.access.limits import ADDRESS, limited
from tinhso.kernel.identity.certificates import shown_by
from tinhso.kernel.identity.credentials import KEY_MARK, TOKEN_SECONDS, new_access_token
from tinhso.kernel.identity.queries import open_key
from tinhso.kernel.machines.models import ApiClient

if settings.PROFILE != "production":  # there every request is redirected to https before it comes here
    os.environ.setdefault("AUTHLIB_INSECURE_TRANSPORT", "1")
METHODS = ["client_secret_basic", "client_secret_post"]


class Program(ClientMixin):
    """A connected program as OAuth sees it; `key` is the one whose text was sent as its secret."""

    def __init__(self, row: ApiClient, certificate: bytes | None) -> None:
        self.row, self.certificate = row, certificate
        self.key: UUID | None = None

    def get_client_id(self) -> str:
        return str(self.row.pk)

    def check_client_secret(self, client_secret: str) -> bool:
        found = open_key(client_secret, self.certificate) if client_secret.startswith(KEY_MARK) else None
        self.key = found[0] if found and found[1].id == self.row.pk else None
        return self.key is not None

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return endpoint == "token" and method in METHODS

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == grants.ClientCredentialsGrant.GRANT_TYPE

    def get_allowed_scope(self, scope: str) -> str:
        """Whatever was asked: all that the program may, which the answer then tells."""
        return " ".join(self.row.scopes)


class Server(AuthorizationServer):
    """The library's server over our programs and keys; tokens are signed, so none is stored."""

    def __init__(self, certificate: bytes | None) -> None:
        self.certificate = certificate
        super().__init__(None, None)
        self.register_grant(Grant)

    def load_config(self, config: dict[str, Any]) -> None:
        super().load_config({"access_token_generator": _token, "token_expires_in": {Grant.GRANT_TYPE: TOKEN_SECONDS}})

    def query_client(self, client_id: str) -> Program | None:
        try:
            row = ApiClient.objects.filter(pk=UUID(client_id), closed_at=None).first()
        except ValueError:
            return None
        return Program(row, self.certificate) if row else None

    def save_token(self, token: dict[str, Any], request: Any) -> None:
        """Nothing is kept: the signature says what the token is, the key whether it still holds."""


class Grant(grants.ClientCredentialsGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = METHODS


@csrf_exempt  # no session is asked: the program sends its secret
@require_POST
@limited("oauth", ADDRESS)
def token(request: HttpRequest) -> HttpResponse:
    """An access token for a program, or an error as RFC 6749 section 5.2 says."""
    answer: HttpResponse = Server(shown_by(request.META)).create_token_response(request)
    return answer


@require_safe
def metadata(request: HttpRequest) -> HttpResponse:
    """Where tokens are had and how (RFC 8414)."""
    return JsonResponse(
        {
            "issuer": request.build_absolute_uri("/").rstrip("/"),
            "token_endpoint": request.build_absolute_uri(reverse("oauth-token")),
            "token_endpoint_auth_methods_supported": METHODS,
            "grant_types_supported": [Grant.GRANT_TYPE],
            "response_types_supported": [],
            "tls_client_certificate_bound_access_tokens": True,
        }
    )


def _token(client: Program, **_facts: Any) -> str:
    assert client.key is not None  # the library asks for a token only after the secret
    return new_access_token(client.key)
