// Toasts: for what can be taken back. They leave by themselves, unless one is being read or pointed at.
const STAY = 8000;
const place = () => document.querySelector(".toasts");

function leaveLater(toast) {
  let timer = setTimeout(() => toast.remove(), STAY);
  const hold = () => clearTimeout(timer);
  const letGo = () => { timer = setTimeout(() => toast.remove(), STAY); };
  toast.addEventListener("mouseenter", hold);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("mouseleave", letGo);
  toast.addEventListener("focusout", letGo);
}

function show(text, undo) {
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.append(Object.assign(document.createElement("span"), { textContent: text }));
  if (undo) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "toast__do", textContent: undo.label });
    button.addEventListener("click", () => { toast.remove(); undo.run(); });
    toast.append(button);
  }
  place()?.append(toast);
  leaveLater(toast);
}

document.querySelectorAll(".toast:not(.toast--stay)").forEach(leaveLater);
window.tinhso = Object.assign(window.tinhso || {}, { toast: show });
document.addEventListener("tinhso:toast", (event) => show(event.detail.text || event.detail.value, event.detail.undo));
