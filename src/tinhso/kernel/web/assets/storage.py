"""Static files under names that hold their content's digest, compressed; plain names until they are collected."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):
    """A file that is not in the manifest (not collected yet, tests) keeps its plain name instead of failing."""

    manifest_strict = False

    def stored_name(self, name: str) -> str:
        found = self.hashed_files.get(self.hash_key(self.clean_name(name)))
        return str(found) if found else str(self.clean_name(name))
