// The large-text switch: a link that works alone; here it answers without loading the page again.
const YEAR = 31536000;
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-text-size]");
  if (!link) return;
  event.preventDefault();
  const large = document.documentElement.classList.toggle("text-large");
  document.cookie = `tinhso_text=${large ? "large" : "normal"};path=/;max-age=${YEAR};samesite=lax`;
  link.setAttribute("aria-pressed", String(large));
});
