// Appraising by keyboard: Ctrl+Enter saves and goes on; leaving with something unsaved is asked about, and what was
// typed is kept in this browser until the office has it: a session may end while one reads.

const form = document.querySelector("form[data-appraisal]");
const user = document.querySelector("meta[name=user]")?.content;
const key = form && user ? `thidua:nhap:${user}:${location.pathname}:${form.dataset.appraisal}` : null;
let changed = false;

const typed = () => [...new FormData(form)].filter(([name, value]) => name !== "csrf_token" && typeof value === "string");
const said = (fields) => JSON.stringify(fields.filter(([name]) => !name.startsWith("base-")));

if (key) restore();
form?.addEventListener("input", () => {
  changed = true;
  try {
    if (key) localStorage.setItem(key, JSON.stringify({ at: Date.now(), fields: typed() }));
  } catch {
    // Storage is closed: the question before leaving is all there is.
  }
});
form?.addEventListener("submit", () => (changed = false));
form?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.querySelector("[data-next]")?.click();
});
window.addEventListener("beforeunload", (event) => {
  if (changed) event.preventDefault();
});

function restore() {
  let kept = null;
  try {
    kept = JSON.parse(localStorage.getItem(key));
  } catch {
    return;
  }
  if (!kept) return;
  if (!form.elements.reason || said(kept.fields) === said(typed())) return localStorage.removeItem(key);
  for (const [name, value] of kept.fields) {
    for (const box of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (box.type === "radio") box.checked = box.value === value;
      else if (box.tagName !== "BUTTON") box.value = value;
      if (value && box.tagName === "TEXTAREA") box.closest("details")?.setAttribute("open", "");
    }
  }
  changed = true;
  const at = new Date(kept.at);
  const when = `${at.toLocaleTimeString("vi-VN", { timeStyle: "short" })} ngày ${at.toLocaleDateString("vi-VN", { day: "2-digit", month: "2-digit", year: "numeric" })}`;
  const box = document.querySelector("[data-restored]");
  const words = document.createElement("div");
  const drop = document.createElement("button");
  words.textContent = `Đã khôi phục nội dung chưa lưu, gõ lúc ${when} trên máy này. Hãy bấm “Lưu”. `;
  drop.type = "button";
  drop.className = "btn btn-sm btn-secondary";
  drop.textContent = "Bỏ nội dung này";
  drop.addEventListener("click", () => {
    changed = false;
    localStorage.removeItem(key);
    location.reload();
  });
  box.className = "note note-back";
  box.setAttribute("role", "status");
  box.append(words, drop);
  box.hidden = false;
}
