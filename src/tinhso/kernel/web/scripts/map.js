// Maps: MapLibre with its worker from our own origin; the style's address stands on the element.
const library = window.maplibregl;
document.querySelectorAll("[data-map]").forEach((place) => {
  library.setWorkerUrl(place.dataset.worker);
  const [longitude, latitude, zoom] = (place.dataset.view || "106.76,21.85,8").split(",").map(Number);
  const map = new library.Map({ container: place, style: place.dataset.map, center: [longitude, latitude], zoom, attributionControl: { compact: true } });
  map.addControl(new library.NavigationControl({ showCompass: false }), "top-right");
  map.on("load", () => place.dispatchEvent(new CustomEvent("map:ready", { bubbles: true, detail: map })));
});
