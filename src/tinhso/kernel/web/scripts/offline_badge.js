// The badge of a device that works without network: whether it is there, how many events wait, how old its list is.
const OLD = 15;
const ready = window.tinhso?.offline?.ready;

function minutesOld(store) {
  return store.meta.listAt ? Math.max(0, Math.floor((store.now() - Date.parse(store.meta.listAt)) / 60000)) : null;
}

function show(store, loop) {
  const unsent = store.unsent().length;
  const age = minutesOld(store);
  document.querySelectorAll("[data-offline-badge]").forEach((badge) => {
    badge.hidden = !store.isEnrolled() && !unsent;
    badge.classList.toggle("offline-badge--on", loop.online && !unsent);
    badge.querySelectorAll("[data-when]").forEach((part) => { part.hidden = (part.dataset.when === "on") !== loop.online; });
    badge.querySelectorAll("[data-unsent]").forEach((part) => { part.textContent = unsent; });
    badge.querySelectorAll("[data-has-unsent]").forEach((part) => { part.hidden = !unsent; });
  });
  document.querySelectorAll("[data-offline-age]").forEach((note) => {
    note.hidden = age === null;
    note.classList.toggle("age-note--old", age !== null && age >= OLD);
    note.querySelectorAll("[data-age]").forEach((part) => { part.textContent = age; });
    note.querySelectorAll("[data-at]").forEach((part) => {
      part.textContent = new Date(store.meta.listAt || 0).toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Ho_Chi_Minh" });
    });
    note.querySelectorAll("[data-if-old]").forEach((part) => { part.hidden = age === null || age < OLD; });
  });
}

ready?.then(({ store, loop }) => {
  loop.onChange(() => show(store, loop));
  setInterval(() => show(store, loop), 1000);
  show(store, loop);
});
