// File slots: a preview of what was chosen, its size at once, a progress bar while it travels.
const MEGABYTE = 1048576;

document.addEventListener("change", (event) => {
  const slot = event.target.closest("[data-file-slot]");
  const file = slot && event.target.files && event.target.files[0];
  if (!file) return;
  const limit = Number(slot.dataset.limit || 0) * MEGABYTE;
  const tooLarge = Boolean(limit) && file.size > limit;
  event.target.setCustomValidity(tooLarge ? slot.dataset.tooLarge : "");
  if (tooLarge) { event.target.reportValidity(); return; }
  slot.querySelector("[data-file-name]").textContent = `${file.name}, ${(file.size / MEGABYTE).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 })} MB`;
  const preview = slot.querySelector("[data-file-preview]");
  if (preview.src) URL.revokeObjectURL(preview.src);
  preview.hidden = !file.type.startsWith("image/");
  if (!preview.hidden) preview.src = URL.createObjectURL(file);
});

function remaining(began, part) {
  const seconds = ((performance.now() - began) / 1000) * (1 / part - 1);
  const [count, unit] = seconds < 90 ? [Math.ceil(seconds), "second"] : [Math.ceil(seconds / 60), "minute"];
  return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, unitDisplay: "long" }).format(count);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const bar = form.querySelector("[data-upload-progress]");
  const chosen = [...form.querySelectorAll("input[type=file]")].some((input) => input.files.length);
  if (!bar || !chosen || event.defaultPrevented) return;
  event.preventDefault();
  const began = performance.now();
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.upload.addEventListener("progress", (step) => {
    if (!step.lengthComputable) return;
    bar.hidden = performance.now() - began < 300;
    bar.querySelector("progress").value = step.loaded / step.total;
    bar.querySelector("[data-left]").textContent = remaining(began, step.loaded / step.total);
  });
  request.addEventListener("load", () => {
    if (request.responseURL !== form.action) { location.assign(request.responseURL); return; }
    document.open();
    document.write(request.responseText);
    document.close();
  });
  request.addEventListener("error", () => { bar.hidden = true; form.submit(); });
  request.send(new FormData(form));
});
