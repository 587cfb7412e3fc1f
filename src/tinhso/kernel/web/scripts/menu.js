// Menus that are <details>: one open at a time, closed by Escape or a click elsewhere.
const open = () => [...document.querySelectorAll("details.menu[open], details.columns[open]")];
document.addEventListener("click", (event) => {
  open().filter((menu) => !menu.contains(event.target)).forEach((menu) => { menu.open = false; });
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  open().forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
});
