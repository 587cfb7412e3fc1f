// Maps: MapLibre with its worker from our own origin; the style's address stands on the element.
const library = window.maplibregl;
document.querySelectorAll("[data-map]").forEach((place) => {
  library.setWorkerUrl(place.dataset.worker);
  const view = (place.dataset.view || "106.76,21.85,8").split(",").map(Number); // point and zoom, or west, south, east, north
  const [longitude, latitude, zoom] = view;
  const where = view.length === 4 ? { bounds: view, fitBoundsOptions: { padding: 16 } } : { center: [longitude, latitude], zoom };
  const map = new library.Map({ container: place, style: place.dataset.map, ...where, attributionControl: { compact: true } });
  map.addControl(new library.NavigationControl({ showCompass: false }), "top-right");
  map.on("load", () => place.dispatchEvent(new CustomEvent("map:ready", { bubbles: true, detail: map })));
});
