import pytest
from django.template import Engine

from tools.check_templates import check, folders


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("{% if a %}never closed", "Unclosed tag"),
        ("{% no_such_tag %}", "Invalid block tag"),
        ("{{ a|no_such_filter }}", "Invalid filter"),
        ("{% load no_such_library %}", "is not a registered tag library"),
        ('<c-card :title="a">{% endif %}</c-card>', "Invalid block tag"),
        ("<c-card>never closed", "Unclosed"),
        ('<c-no-such-part title="a" />', "there is no template cotton/no_such_part.html"),
        ('{% include "web/_no_such.html" %}', "there is no template web/_no_such.html"),
        ("{% extends 'web/no_such_base.html' %}", "there is no template web/no_such_base.html"),
        ('<p class="row no-such-look">', "class no-such-look is in no stylesheet and no script"),
        ('<p class="row{% if a == "b" %} no-such-look{% endif %}">', "class no-such-look is in no stylesheet"),
    ],
)
def test_a_broken_template_is_named(tmp_path, source, fault):
    (tmp_path / "room").mkdir()
    (tmp_path / "room" / "page.html").write_text(source)

    (found,) = check([tmp_path], Engine.get_default())

    assert found.startswith(f"{tmp_path}/room/page.html: ")
    assert fault in found


def test_a_whole_template_is_not(tmp_path):
    (tmp_path / "page.html").write_text(
        '{% extends "web/base_public.html" %}{% block content %}<c-card />'
        '<p class="row{% if a == "b" %} small{% else %} soft{% endif %} state--{{ tone }}"></p>{% endblock %}'
    )

    assert list(check([tmp_path], Engine.get_default())) == []


def test_every_room_that_has_templates_is_looked_at():
    places = folders()

    assert any((place / "cotton").is_dir() for place in places)
    assert any((place / "border_gate").is_dir() for place in places)
    assert any((place / "web").is_dir() for place in places)
