// A file in the page is enlarged at once and by + and -; the links do the same without this.

let zoom = 0;

document.addEventListener("viewed", () => zoom && enlarge(zoom));

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-zoom]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  enlarge(Number(link.dataset.zoom));
});

document.addEventListener("keydown", (event) => {
  if (document.documentElement.dataset.singleKeys === "off" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const step = { "+": 1, "=": 1, "-": -1 }[event.key];
  const links = [...document.querySelectorAll("[data-view] [data-zoom]")].filter((link) => link.offsetParent);
  if (!step || !links.length) return;
  event.preventDefault();
  const at = links.findIndex((link) => link.hasAttribute("aria-current"));
  enlarge(Number(links[Math.min(links.length - 1, Math.max(0, at + step))].dataset.zoom));
});

function enlarge(percent) {
  zoom = percent;
  for (const view of document.querySelectorAll("[data-view]")) {
    view.className = `zoom-${percent}`;
    for (const link of view.querySelectorAll("[data-zoom]")) {
      const on = Number(link.dataset.zoom) === percent;
      link.classList.toggle("is-on", on);
      if (on) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    for (const link of view.querySelectorAll(".viewer-pages a")) {
      const address = new URL(link.href);
      address.searchParams.set("phong", percent);
      link.href = address;
    }
    for (const held of view.querySelectorAll(".viewer-to [name=phong]")) held.value = percent;
  }
}
