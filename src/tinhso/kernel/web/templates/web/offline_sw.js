{% load i18n %}// Keeps the page and the files of an app that works without network. What the platform answers always wins; only when
// it gives no answer in time, or cannot answer, is one of the app's own pages answered by the kept one.
const FILES = [{% for file in files %}"{{ file|escapejs }}",{% endfor %}];
const PAGE = "{{ page|escapejs }}";
const TAKEN_OVER = [{% for path in taken_over %}"{{ path|escapejs }}",{% endfor %}];
const NAME = "tinhso-offline-{{ app|escapejs }}-";
const STORE = NAME + FILES.join("").split("").reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 4294967291, 7);
const WAIT = 5000;

async function keepAll() {
  const store = await caches.open(STORE);
  await Promise.all(FILES.map((file) => store.add(file)));
  await keepPage(await fetch(PAGE, { credentials: "same-origin" }));
}

async function keepPage(answer) {
  if (!answer.ok || answer.redirected) return;
  await (await caches.open(STORE)).put(PAGE, answer);
}

self.addEventListener("install", (event) => event.waitUntil(keepAll().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith(NAME) && name !== STORE;
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name)))).then(() => self.clients.claim()));
});

function inTime(request) {
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error("late")), WAIT));
  return Promise.race([fetch(request), late]);
}

// A proxy with nothing behind it, or the platform without its database: as good as no network. A refusal that the platform
// itself words (a machine that is silent, say) is an answer.
const isReached = (answer) => answer.status < 500 || answer.headers.has("X-Refusal");

// What was typed on a page that could not be sent is carried to the kept one.
async function carried(request) {
  const address = new URL(PAGE, location.origin);
  const typed = request.method === "POST" ? (await request.formData().catch(() => new FormData())).get("xe") : new URL(request.url).searchParams.get("xe");
  if (typed) address.searchParams.set("xe", String(typed).slice(0, 300));
  return Response.redirect(address, 303);
}

async function page(request) {
  const again = request.method === "POST" ? request.clone() : request;
  const path = new URL(request.url).pathname;
  const answer = await inTime(request).catch(() => null);
  if (answer && isReached(answer)) {
    if (path === PAGE) await keepPage(answer.clone());
    return answer;
  }
  return path === PAGE ? (await caches.match(PAGE)) || answer || Response.error() : carried(again);
}

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (address.origin !== location.origin) return;
  if (event.request.mode === "navigate" && TAKEN_OVER.some((path) => address.pathname.startsWith(path))) {
    event.respondWith(page(event.request));
  } else if (event.request.method === "GET" && FILES.includes(address.pathname)) {
    event.respondWith(caches.match(event.request, { ignoreSearch: true }).then((kept) => kept || fetch(event.request)));
  }
});
