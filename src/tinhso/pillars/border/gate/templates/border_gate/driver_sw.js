{% load i18n %}// Keeps the driver's page, so that the code is shown at a barrier without network. Newest first: the kept page is
// only used when the network gives no answer or one of 500 and above (a proxy with nothing behind it, a platform without
// its database), and says so (data-kept).
const FILES = [{% for file in files %}"{{ file|escapejs }}",{% endfor %}];
const PAGE = "{% url "border_gate:driver" %}";
const STORE = "tinhso-driver-1";
const WAIT = 4000;
self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(STORE).then((store) => Promise.all(FILES.map((file) => store.add(file).catch(() => {})))).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function keep(response) {
  const store = await caches.open(STORE);
  const text = await response.clone().text();
  // A page without a code is no trip of the driver any more: what was kept goes.
  if (response.ok && text.includes("qr-card__code")) await store.put(PAGE, response.clone());
  else if (response.ok) await store.delete(PAGE);
  return response;
}

async function kept() {
  const found = await caches.match(PAGE);
  if (!found) return null;
  const text = (await found.text()).replace("<html ", '<html data-kept="yes" ');
  return new Response(text, { headers: found.headers });
}

async function page(request) {
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error("late")), WAIT));
  const answer = await Promise.race([fetch(request), late]).catch(() => null);
  if (answer && answer.status < 500) return keep(answer);
  return (await kept()) || answer || Response.error();
}

async function file(request) {
  const found = await caches.match(request, { ignoreSearch: true });
  if (found) return found;
  return fetch(request);
}

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== location.origin) return;
  if (FILES.includes(address.pathname)) event.respondWith(file(event.request));
  else if (event.request.mode === "navigate" && address.pathname === PAGE) event.respondWith(page(event.request));
});
{% include "kernel_notices/_push_worker.js" %}