// Comfort only: every page works without it.

// Keys without Ctrl or Alt can be switched off: who speaks to the computer types them by accident. Kept on this machine.
const keys = document.querySelector("[data-keys]");
const KEYS = "thidua-keys";
function setKeys(on) {
  document.documentElement.dataset.singleKeys = on ? "on" : "off";
  keys?.setAttribute("aria-pressed", String(on));
}
function keysWanted() {
  try {
    return localStorage.getItem(KEYS) !== "off";
  } catch {
    return true;
  }
}
setKeys(keysWanted());
keys?.addEventListener("click", () => {
  const on = document.documentElement.dataset.singleKeys === "off";
  setKeys(on);
  try {
    localStorage.setItem(KEYS, on ? "on" : "off");
  } catch {
    // Storage is closed: the choice lasts for this page.
  }
});

const search = document.querySelector("[data-search]");
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (document.documentElement.dataset.singleKeys === "off") return;
  if (event.key === "/" && search && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    search.focus();
    search.select();
  }
});

// A menu closes when one clicks elsewhere or presses Escape, and gives the focus back.
for (const menu of document.querySelectorAll("details[data-menu]")) {
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}

document.querySelector("[data-focus]")?.focus();

for (const input of document.querySelectorAll("input[type=password][data-reveal]")) {
  const box = document.createElement("div");
  const button = document.createElement("button");
  box.className = "reveal";
  button.type = "button";
  button.textContent = "Hiện";
  button.setAttribute("aria-label", "Hiện mật khẩu");
  button.addEventListener("click", () => {
    const hidden = input.type === "password";
    input.type = hidden ? "text" : "password";
    button.textContent = hidden ? "Ẩn" : "Hiện";
    button.setAttribute("aria-label", hidden ? "Ẩn mật khẩu" : "Hiện mật khẩu");
  });
  input.replaceWith(box);
  box.append(input, button);
}

// What was kept in this browser for an interrupted session goes when its owner leaves.
document.querySelector("[data-sign-out]")?.addEventListener("submit", () => {
  const own = `thidua:nhap:${document.querySelector("meta[name=user]")?.content}:`;
  for (const key of Object.keys(localStorage)) if (key.startsWith(own)) localStorage.removeItem(key);
});

// A second click on the same button sends nothing twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  setTimeout(() => delete form.dataset.sent, 4000);
});

for (const print of document.querySelectorAll("[data-print]")) print.addEventListener("click", () => window.print());
