"""Filters in the theme's dress: a FilterSet whose form stands in a row above the table."""

from __future__ import annotations

import django_filters


class FilterSet(django_filters.FilterSet):
    """Base of every filter; show it with `{% include "web/filter_form.html" %}` (expects `filter`)."""

    template = "web/filter_form.html"
