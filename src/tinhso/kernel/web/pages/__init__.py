"""Pages of the theme itself: refusals and errors, language and text size, what an installed app needs."""

from tinhso.kernel.web.pages.refusals import problem, refusal

__all__ = ["problem", "refusal"]
