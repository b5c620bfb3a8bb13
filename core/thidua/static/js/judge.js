// Beside the sheet: files and search in the pane on the left, keys.

const form = document.querySelector("form[data-sheet]");
const pane = document.querySelector("[data-pane]");
const dossier = document.querySelector("[data-dossier]");

function leave() {
  pane.hidden = true;
  dossier.hidden = false;
}

async function show(address) {
  const response = await fetch(address, { headers: { Accept: "text/html" } }).catch(() => null);
  const page = response?.ok ? new DOMParser().parseFromString(await response.text(), "text/html") : null;
  const view = page?.querySelector("[data-view]");
  if (!view) return location.assign(address);
  const back = document.createElement("button");
  back.type = "button";
  back.className = "btn btn-sm btn-secondary";
  back.textContent = "Về phần nội dung";
  back.addEventListener("click", leave);
  pane.replaceChildren(back, document.importNode(view, true));
  pane.hidden = false;
  dossier.hidden = true;
  document.dispatchEvent(new Event("viewed"));
  pane.focus({ preventScroll: true });
  pane.scrollIntoView({ block: "nearest" });
}

document.addEventListener("click", (event) => {
  if (pane && event.target.closest("[data-evidence]")) leave(); // what the link leads to is hidden beside a file
  const link = event.target.closest("[data-pane-link]");
  if (!link || !pane || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  show(link.href);
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-pane-form]") || !pane) return;
  event.preventDefault();
  show(`${event.target.action}?${new URLSearchParams(new FormData(event.target))}`);
});

// Reading on the left, the keys save just as in the sheet; not while something is typed elsewhere.
document.addEventListener(
  "keydown",
  (event) => {
    if (!form || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    const within = event.target.closest?.("form");
    if (within && within !== form) return;
    if (within && !event.shiftKey) return; // saving and going on is told to every form that saves itself
    event.preventDefault();
    event.stopImmediatePropagation();
    form.querySelector(event.shiftKey ? "[data-send]" : "button[value=next]")?.click();
  },
  true,
);
