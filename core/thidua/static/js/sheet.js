// A score sheet after every save: sums, class and what is wrong, as the server reckoned them; nothing is added up here.

const form = document.querySelector("form[data-sheet]");

form?.addEventListener("saved", ({ detail }) => {
  if (!detail.sums) return;
  for (const [key, value] of Object.entries(detail.sums)) {
    for (const place of document.querySelectorAll(`[data-sum="${key}"]`)) place.textContent = value;
  }
  for (const [key, band] of Object.entries(detail.bands ?? {})) {
    for (const place of form.querySelectorAll(`[data-band="${key}"]`)) place.textContent = band;
  }
  const given = document.querySelector("[data-class]");
  if (given) given.textContent = detail.class;
  for (const field of form.querySelectorAll("[data-field]")) sayError(field, detail.problems[field.dataset.field] ?? "");
});

function sayError(field, sentence) {
  const own = (selector) => [...field.querySelectorAll(selector)].find((one) => one.closest("[data-field]") === field);
  const input = own("input:not([type=hidden]), select, textarea");
  let line = own(".field-error");
  field.classList.toggle("has-error", Boolean(sentence));
  if (sentence) {
    if (!line) {
      line = document.createElement("p");
      line.className = "field-error";
      line.id = `${input.id || field.dataset.field}-error`;
      (own(".score-row, .verdicts, .with-unit") ?? input).before(line);
    }
    line.textContent = sentence;
    input.setAttribute("aria-invalid", "true");
  } else {
    line?.remove();
    input.removeAttribute("aria-invalid");
  }
}
