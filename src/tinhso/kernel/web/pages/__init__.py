"""Pages of the theme itself: refusals and errors, language and text size, what an installed app needs."""

from tinhso.kernel.web.pages.refusals import bad_request, problem, refusal

__all__ = ["bad_request", "problem", "refusal"]
