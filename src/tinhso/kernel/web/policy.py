"""The content security policy: nothing from elsewhere, no script in the page."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

HEADERS = {
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# Bars and charts carry their measures in style attributes; <style> elements stay forbidden.
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self'; worker-src 'self'; connect-src 'self'{live}; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def content_policy(request: HttpRequest) -> str:
    live = live_url(request)
    return POLICY.format(live=f" {live.removesuffix('/live')}" if live.startswith("http") else "")


def live_url(request: HttpRequest) -> str:
    """Where the live server is: as set, or /live on the next port of the same host (a machine of one's own)."""
    if settings.LIVE_URL:
        return str(settings.LIVE_URL)
    host, _, port = request.get_host().rpartition(":")
    if not host or not port.isdigit():
        return "/live"
    return f"{request.scheme}://{host}:{int(port) + 1}/live"
