{% load i18n %}// Keeps the theme's files and one page for when the network is away; everything else always comes from the network.
const FILES = [{% for file in files %}"{{ file|escapejs }}",{% endfor %}];
const AWAY = "{% url "kernel_web:offline" %}";
const STORE = "tinhso-" + FILES.join("").split("").reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 4294967291, 7);
self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(STORE).then((store) => store.addAll([...FILES, AWAY])).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter((name) => name.startsWith("tinhso-") && name !== STORE).map((name) => caches.delete(name)))).then(() => self.clients.claim()));
});
self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== location.origin) return;
  if (FILES.includes(address.pathname)) {
    event.respondWith(caches.match(event.request, { ignoreSearch: true }).then((kept) => kept || fetch(event.request)));
  } else if (event.request.mode === "navigate") {
    event.respondWith(fetch(event.request).catch(() => caches.match(AWAY)));
  }
});
{% include "kernel_notices/_push_worker.js" %}