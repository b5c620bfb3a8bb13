// Appraising by keyboard: Ctrl+Enter saves and goes on; leaving with something unsaved is asked about.

const form = document.querySelector("form[data-appraisal]");
let changed = false;
form?.addEventListener("input", () => (changed = true));
form?.addEventListener("submit", () => (changed = false));
form?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.querySelector("[data-next]")?.click();
});
window.addEventListener("beforeunload", (event) => {
  if (changed) event.preventDefault();
});
