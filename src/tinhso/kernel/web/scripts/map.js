// Maps: MapLibre with its worker from our own origin; the style's address stands on the element. Where the
// browser has no WebGL the picture that came with the page stays.
const library = window.maplibregl;
const canDraw = () => {
  try { return Boolean(library && document.createElement("canvas").getContext("webgl2")); } catch { return false; }
};
if (canDraw()) document.querySelectorAll("[data-map]").forEach((place) => {
  library.setWorkerUrl(place.dataset.worker);
  const view = (place.dataset.view || "106.76,21.85,8").split(",").map(Number);
  const first = view.length === 4 ? { bounds: view } : { center: view.slice(0, 2), zoom: view[2] };
  place.replaceChildren();
  place.classList.remove("map-card__map--picture");
  const map = new library.Map({ container: place, style: place.dataset.map, ...first, attributionControl: { compact: true } });
  map.addControl(new library.NavigationControl({ showCompass: false }), "top-right");
  map.on("load", () => place.dispatchEvent(new CustomEvent("map:ready", { bubbles: true, detail: map })));
});
