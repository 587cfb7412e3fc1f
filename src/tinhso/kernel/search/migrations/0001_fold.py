"""The SQL half of kernel.base.text.fold, so that an index can hold what people type without accents."""

from django.db import migrations

# Immutable by our word: the rules of `unaccent` are part of the installed extension, and a change of them
# means to build the indexes anew. Both steps name their schema, so no search path can slip another one in.
FOLD = """
create function tinhso_fold(value text) returns text
language sql immutable strict parallel safe
return pg_catalog.btrim(pg_catalog.regexp_replace(
    public.unaccent('public.unaccent'::pg_catalog.regdictionary,
        pg_catalog.translate(pg_catalog.lower(pg_catalog.normalize(value, 'NFC')), 'đ', 'd')),
    '[[:space:]]+', ' ', 'g'));
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [migrations.RunSQL(FOLD, "drop function tinhso_fold(text)")]
