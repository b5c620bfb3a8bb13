// J and K walk down and up through a list; Enter opens, because the link has the focus.

const links = [...document.querySelectorAll("[data-walk] th[scope=row] a, [data-walk] h2 a")];

document.addEventListener("keydown", (event) => {
  if (document.documentElement.dataset.singleKeys === "off") return; // switched off in the account's menu
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  const step = { j: 1, k: -1 }[event.key.toLowerCase()];
  if (!step || !links.length) return;
  const at = links.indexOf(document.activeElement);
  links[Math.max(0, Math.min(links.length - 1, at < 0 ? 0 : at + step))].focus();
  event.preventDefault();
});
