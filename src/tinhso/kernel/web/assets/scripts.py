"""Scripts: our small ones bundled a face, others' copied as they are. No script is ever inline."""

from __future__ import annotations

import shutil
from pathlib import Path

BUNDLES: dict[str, tuple[str, ...]] = {
    "public.js": ("text_size.js", "sheet.js", "toast.js", "file_slot.js"),
    "live.js": ("live.js",),
    "desk.js": ("text_size.js", "sheet.js", "toast.js", "file_slot.js", "live.js", "table.js", "keys.js", "menu.js"),
    "board.js": ("live.js", "board.js"),
    "chart.js": ("chart.js",),
    "map.js": ("map.js",),
    "register.js": ("register.js",),
    "offline.js": ("offline_store.js", "offline_sync.js", "offline_badge.js"),
}
VENDOR: dict[str, str] = {
    "htmx.js": "htmx.org/dist/htmx.min.js",
    "maplibre.js": "maplibre-gl/dist/maplibre-gl-csp.js",
    "maplibre-worker.js": "maplibre-gl/dist/maplibre-gl-csp-worker.js",
    "maplibre.css": "maplibre-gl/dist/maplibre-gl.css",
    "echarts.js": "echarts/dist/echarts.common.min.js",
    "idb.js": "idb/build/umd.js",
    "noble-ed25519.js": "@noble/ed25519/index.js",
}


def build(source: Path, target: Path) -> None:
    """Write the bundles, and the service worker as it is (it must not be wrapped)."""
    for bundle, names in BUNDLES.items():
        parts = [f"(() => {{\n{(source / name).read_text(encoding='utf-8')}}})();" for name in names]
        (target / bundle).write_text("\n".join(["'use strict';", *parts]) + "\n", encoding="utf-8")


def copy_vendor(packages: Path, target: Path) -> None:
    """Copy others' scripts; the line that names a source map is dropped, maps are not served."""
    target.mkdir(parents=True, exist_ok=True)
    for name, path in VENDOR.items():
        if path.endswith(".css"):
            shutil.copyfile(packages / path, target / name)
            continue
        text = (packages / path).read_text(encoding="utf-8")
        lines = [line for line in text.splitlines() if not line.startswith("//# sourceMappingURL")]
        (target / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
