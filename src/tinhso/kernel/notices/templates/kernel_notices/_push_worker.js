// What a service worker does with a push: shows it, and says that this machine has it, so that no text message follows.
self.addEventListener("push", (event) => {
  const told = event.data ? event.data.json() : {};
  const shown = self.registration.showNotification(told.title || "Tỉnh Số", {
    body: told.text || "",
    tag: told.id,
    renotify: Boolean(told.id),
    requireInteraction: Boolean(told.urgent),
    vibrate: told.urgent ? [400, 200, 400, 200, 400] : [200],
    icon: "{{ push_icon }}",
    data: { url: told.url || "/" },
  });
  const receipt = told.receipt && fetch("{% url "kernel_notices:received" %}", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ receipt: told.receipt }),
  }).catch(() => {});
  event.waitUntil(Promise.all([shown, receipt]));
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data.url));
});
