"""The live server: one small ASGI process, LISTEN on one side, Server-Sent Events on the other."""

from tinhso.kernel.web.live_server.server import LiveServer

__all__ = ["LiveServer"]
