// Confirm sheets: <a href="#id" data-opens="id"> opens <dialog id>; without script the address opens it too.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    const sheet = document.getElementById(opener.dataset.opens);
    if (sheet && sheet.showModal) {
      event.preventDefault();
      if (!sheet.open) sheet.showModal();
    }
    return;
  }
  const closer = event.target.closest("[data-closes]");
  const sheet = closer && closer.closest("dialog");
  if (sheet && sheet.open) {
    event.preventDefault();
    sheet.close();
  }
});

// A sheet whose form was refused is shown again, with what was typed in it.
document.addEventListener("DOMContentLoaded", () => {
  const refused = document.querySelector("dialog[data-shown]");
  if (refused && refused.showModal && !refused.open) refused.showModal();
});

// A form is sent once: its button rests until the answer comes.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button || event.defaultPrevented) return;
  setTimeout(() => button.classList.add("is-busy"), 0);
  if (event.target.dataset.once !== undefined) setTimeout(() => { button.disabled = true; }, 0);
  const working = event.target.querySelector("[data-working]");
  if (working) setTimeout(() => showWorking(working), 500);
});

// What takes long says that it is at work, and for how many seconds already.
function showWorking(bar) {
  const began = performance.now();
  const seconds = new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: "second", unitDisplay: "long" });
  const tell = () => { bar.querySelector("[data-elapsed]").textContent = seconds.format(Math.floor((performance.now() - began) / 1000)); };
  bar.hidden = false;
  const ticking = setInterval(tell, 1000);
  window.addEventListener("pagehide", () => { clearInterval(ticking); bar.hidden = true; }, { once: true });
}

window.addEventListener("pageshow", () => {
  document.querySelectorAll(".is-busy").forEach((button) => {
    button.classList.remove("is-busy");
    button.disabled = false;
  });
});
