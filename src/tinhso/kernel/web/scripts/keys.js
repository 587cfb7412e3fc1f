// Keys: J and K walk the list, X chooses, Enter opens, / finds, ? tells; an action's own letter presses it.
const typing = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
const rows = () => [...document.querySelectorAll("[data-key-list] tbody tr")];
const chosen = () => document.querySelector("[data-key-list] tbody tr.is-selected");

function select(row) {
  if (!row) return;
  const before = chosen();
  before?.classList.remove("is-selected");
  before?.removeAttribute("aria-current");
  row.classList.add("is-selected");
  row.setAttribute("aria-current", "true");
  row.querySelector("a[data-row-link]")?.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function walk(step) {
  const list = rows();
  const at = list.indexOf(chosen());
  select(list[at < 0 ? (step > 0 ? 0 : list.length - 1) : at + step]);
}

const deeds = {
  j: () => walk(1),
  k: () => walk(-1),
  x: () => chosen()?.querySelector("input[data-choose]")?.click(),
  "/": () => document.querySelector("[data-find]")?.focus(),
  "?": () => document.getElementById("keys-sheet")?.showModal(),
};

// "Đ" is pressed by a plain D as well: not every keyboard has the letter.
const plain = (text) => text.toLocaleLowerCase("vi").normalize("NFD").replace(/\p{M}/gu, "").replace("đ", "d");
function buttonOf(letter) {
  const buttons = [...document.querySelectorAll("[data-key]")];
  return buttons.find((one) => one.dataset.key.toLocaleLowerCase("vi") === letter) || buttons.find((one) => plain(one.dataset.key) === letter);
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && typing(event.target)) { event.target.blur(); return; }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  const letter = event.key.toLocaleLowerCase("vi");
  if (event.key === "Enter" && chosen() && event.target === document.body) {
    chosen().querySelector("a[data-row-link]")?.click();
    return;
  }
  const deed = deeds[letter];
  const button = buttonOf(letter);
  if (!deed && !button) return;
  event.preventDefault();
  if (button) button.click(); else deed();
});

// Opening a row in the pane beside the list keeps the mark on it.
document.addEventListener("click", (event) => {
  const row = event.target.closest("[data-key-list] tbody tr");
  if (row && event.target.closest("a[data-row-link]")) select(row);
});
