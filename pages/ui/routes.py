"""HTTP routes beside the pages: downloads that stream from the disk instead of through the server's memory."""

from starlette.routing import BaseRoute

__all__ = ["ROUTES"]

ROUTES: list[BaseRoute] = []
