// Tables: choose all rows at once, rows that are links as a whole, columns that save themselves.
document.addEventListener("change", (event) => {
  const all = event.target.closest("[data-choose-all]");
  if (all) {
    all.closest("table").querySelectorAll("tbody input[data-choose]").forEach((box) => { box.checked = all.checked; });
    return;
  }
  const form = event.target.closest("form[data-submits-itself]");
  if (form) form.requestSubmit();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("a, button, input, label, summary, select")) return;
  const row = event.target.closest("tr[data-opens-row]");
  row?.querySelector("a[data-row-link]")?.click();
});
