// Saves a part while one types; keeps it in this browser, per user and part, while it cannot be saved.

/* What the server does not keep of a text: neither a letter nor a blank. */
const NOT_KEPT = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff\ud800-\udfff\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/gu;
const PAUSE = 900; // milliseconds without a key before saving
const LONGEST = 2400; // … and after which it is saved all the same
const WEEK = 7 * 24 * 3600 * 1000;
const PREFIX = "thidua:nhap:";
const SENT = "thidua:gui";

const form = document.querySelector("form[data-autosave]");
const user = document.querySelector("meta[name=user]")?.content ?? "";
const token = document.querySelector("meta[name=csrf-token]")?.content ?? "";
const line = document.querySelector("[data-saved]");
const key = `${PREFIX}${user}:${location.pathname}`;

forgetOld();
forgetSent();
if (form && user) live();

function forgetOld() {
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith(PREFIX) && !(Date.now() - (read(name)?.at ?? 0) < WEEK)) localStorage.removeItem(name);
  }
}

// What was sent by a button has been saved when the next page is another one, and somebody is signed in.
function forgetSent() {
  const sent = sessionStorage.getItem(SENT);
  if (!sent || !user || sent === key) return;
  sessionStorage.removeItem(SENT);
  localStorage.removeItem(sent);
}

function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null;
  }
}

function live() {
  let timer = 0, since = 0, busy = false, changes = 0, blocked = false, lost = false;

  const typed = () => [...new FormData(form)].filter(([name, value]) => name !== "csrf_token" && typeof value === "string");
  const answers = (pairs) => JSON.stringify(pairs.filter(([name]) => !name.startsWith("base-")));
  const keep = () => {
    try {
      localStorage.setItem(key, JSON.stringify({ at: Date.now(), fields: typed() }));
    } catch {
      say("Trình duyệt không giữ được nội dung trên máy này. Hãy bấm “Lưu”.", "bad");
    }
  };

  function changed() {
    changes += 1;
    since ||= Date.now();
    keep();
    showConditions();
    showCounts();
    showRoom();
    clearTimeout(timer);
    timer = setTimeout(save, Math.max(0, Math.min(PAUSE, since + LONGEST - Date.now())));
  }

  async function save() {
    clearTimeout(timer);
    if (busy || blocked) return;
    busy = true;
    since = 0;
    const seen = changes;
    const body = new FormData(form);
    body.delete("csrf_token");
    body.set("_do", "stay");
    let again = 0;
    try {
      const response = await fetch(form.action, {
        method: "POST",
        body,
        headers: { Accept: "application/json", "X-CSRFToken": token, "X-Requested-With": "fetch" },
      });
      const answer = await response.json().catch(() => ({}));
      lost = false;
      again = took(response.status, answer, seen);
    } catch {
      sayLost();
      again = 5000;
    }
    busy = false;
    if (again || changes !== seen) timer = setTimeout(save, again || PAUSE);
  }

  function sayLost() {
    lost = true;
    say("Mất kết nối. Nội dung được giữ trên máy này và sẽ tự lưu khi có mạng.", "bad");
  }

  // Returns after how many milliseconds to try again, 0 for never.
  function took(status, answer, seen) {
    form.dispatchEvent(new CustomEvent("saved", { detail: answer }));
    if (answer.marks) {
      for (const [name, mark] of Object.entries(answer.marks)) setBase(name, mark);
      for (const [name, both] of Object.entries(answer.conflicts)) showConflict(name, both);
    }
    if (status === 200) {
      say(`Đã lưu ${answer.saved}`, "good");
      if (changes === seen) localStorage.removeItem(key);
      return 0;
    }
    keep();
    if (status === 409 && answer.conflicts) {
      say("Có mục vừa được sửa ở cửa sổ hoặc máy khác. Hãy chọn bản cần giữ.", "bad");
    } else if (status === 401) {
      blocked = true;
      say("Phiên làm việc đã hết. Nội dung được giữ trên máy này.", "bad", ["Đăng nhập lại", `/dang-nhap?next=${encodeURIComponent(location.pathname)}`]);
    } else if (status === 503) {
      say(answer.error ?? "Hệ thống đang bận.", "bad");
      return 3000;
    } else {
      blocked = status === 400 || status === 403 || status === 404 || status === 409;
      const sentence = answer.error ?? "Chưa lưu được.";
      say(`${sentence} Nội dung được giữ trên máy này.`, "bad", ["Tải lại trang", location.pathname]);
    }
    return 0;
  }

  function setBase(name, mark) {
    const input = form.elements[`base-${name}`];
    if (input) input.value = mark;
  }

  function showConflict(name, both) {
    const field = form.querySelector(`[data-field="${name}"]`);
    if (!field || [...field.children].some((child) => child.classList.contains("conflict"))) return;
    const box = document.createElement("div");
    box.className = "conflict";
    box.setAttribute("role", "alert");
    const head = element("p", "conflict-name", "Bản đang lưu (vừa được sửa ở nơi khác)");
    const theirs = element("div", "conflict-theirs prose", both.theirs || "(để trống)");
    const mine = element("button", "btn btn-sm btn-secondary", "Giữ bản của tôi");
    const other = element("button", "btn btn-sm btn-secondary", "Dùng bản đang lưu");
    mine.type = other.type = "button";
    mine.addEventListener("click", () => {
      setBase(name, both.mark);
      box.remove();
      changed();
    });
    other.addEventListener("click", async () => {
      const page = await fetch(location.pathname, { headers: { Accept: "text/html" } }).then((answer) => answer.text()).catch(sayLost);
      const stands = new DOMParser().parseFromString(page ?? "", "text/html").querySelector(`form[data-autosave] [data-field="${name}"]`);
      if (!stands) return;
      field.replaceWith(stands); // what is typed in the other fields stays
      stands.querySelectorAll("[data-reference]").forEach(suggest);
      changed();
    });
    box.append(head, theirs, mine, " ", other);
    field.prepend(box);
  }

  function restore() {
    const kept = read(key);
    if (!kept) return;
    if (answers(kept.fields) === answers(typed())) {
      localStorage.removeItem(key);
      return;
    }
    fill(kept.fields);
    showConditions();
    const at = new Date(kept.at);
    const when = `${at.toLocaleTimeString("vi-VN", { timeStyle: "short" })} ngày ${at.toLocaleDateString("vi-VN", { day: "2-digit", month: "2-digit", year: "numeric" })}`;
    const box = document.querySelector("[data-restored]");
    const drop = element("button", "btn btn-sm btn-secondary", "Bỏ nội dung này");
    drop.type = "button";
    drop.addEventListener("click", () => {
      clearTimeout(timer);
      blocked = true;
      localStorage.removeItem(key);
      location.assign(location.pathname);
    });
    box.className = "note note-back";
    box.setAttribute("role", "status");
    box.append(element("div", "", `Đã khôi phục nội dung chưa lưu, gõ lúc ${when} trên máy này. `), drop);
    box.hidden = false;
    changed();
  }

  function fill(fields) {
    for (const table of form.querySelectorAll("table[data-rows]")) {
      const rows = new Set(fields.map(([name]) => rowOf(table.dataset.rows, name)).filter((n) => n !== null));
      for (const old of table.querySelectorAll("tr[data-row]")) old.remove();
      for (const index of [...rows].sort((a, b) => a - b)) addRow(table, index);
      if (!rows.size) addRow(table, 0);
    }
    for (const box of form.querySelectorAll("input[type=checkbox], input[type=radio]")) {
      box.checked = fields.some(([name, value]) => name === box.name && value === box.value);
    }
    for (const [name, value] of fields) {
      for (const input of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
        const fixed = input.matches("[type=checkbox], [type=radio], button") || (input.type === "hidden" && value === "");
        if (!fixed) input.value = value;
      }
    }
  }

  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("submit", (event) => {
    keep();
    if (lost || !navigator.onLine) {
      event.preventDefault(); // the browser would put its own page of an error in the place of what was typed
      sayLost();
      line.scrollIntoView({ block: "center" });
      return void save();
    }
    sessionStorage.setItem(SENT, key);
    blocked = true;
    clearTimeout(timer);
  });
  form.addEventListener("click", (event) => {
    const add = event.target.closest("[data-add]");
    const remove = event.target.closest("[data-remove]");
    if (!add && !remove) return;
    event.preventDefault();
    const table = add ? form.querySelector(`table[data-rows="${add.dataset.add}"]`) : remove.closest("table");
    if (remove) takeOut(remove.closest("tr"), changed);
    const held = table.querySelectorAll("tr[data-row]").length;
    if (add && held < Number(table.dataset.most)) addRow(table).querySelector("input, select, textarea").focus();
    if (!held) addRow(table);
    changed();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.querySelector("button[value=next]")?.click();
  });
  window.addEventListener("online", () => changes && save());
  window.addEventListener("pagehide", () => {
    if (since && !blocked) save();
  });
  showConditions();
  showCounts();
  showRoom();
  restore();
  document.querySelectorAll("[data-reference]").forEach(suggest);
}

function say(text, tone, link) {
  line.className = `saved is-${tone}`;
  line.replaceChildren(element("span", "", text));
  if (link) {
    const anchor = element("a", "", link[0]);
    anchor.href = link[1];
    line.append(" ", anchor);
  }
}

function element(name, css, text) {
  const made = document.createElement(name);
  if (css) made.className = css;
  made.textContent = text;
  return made;
}

function rowOf(table, name) {
  const found = name.startsWith(`${table}-`) ? /^(\d+)-/.exec(name.slice(table.length + 1)) : null;
  return found ? Number(found[1]) : null;
}

export function addRow(table, at) {
  const blank = form.querySelector(`template[data-blank="${table.dataset.rows}"]`).content.querySelector("tr").cloneNode(true);
  const used = [...table.querySelectorAll("[name]")].map((e) => rowOf(table.dataset.rows, e.name) ?? -1);
  const index = at ?? Math.max(-1, ...used) + 1;
  for (const part of blank.querySelectorAll("*")) {
    for (const name of ["id", "name", "value", "aria-label"]) {
      const text = part.getAttribute(name);
      if (text) part.setAttribute(name, text.replace("9999", index).replace("10000", index + 1));
    }
  }
  table.tBodies[0].append(blank);
  return blank;
}

// A field with a condition is shown while the answer it waits for is given, and shown itself.
function showConditions() {
  for (const field of form.querySelectorAll("[data-show-if]")) {
    const source = form.querySelector(`[data-field="${field.dataset.showIf}"]`);
    const given = [...source.querySelectorAll("input:checked, select")].map((e) => e.value);
    field.classList.toggle("is-off", source.classList.contains("is-off") || !given.includes(field.dataset.showValue));
  }
}

// A table that is full takes no more lines until one is taken out.
function showRoom() {
  for (const add of form.querySelectorAll("[data-add]")) {
    const table = form.querySelector(`table[data-rows="${add.dataset.add}"]`);
    add.hidden = table.querySelectorAll("tr[data-row]").length >= Number(table.dataset.most);
  }
}

/* As the server counts: syllables between white space, of what it keeps. */
function countWords(text) {
  return text.replace(NOT_KEPT, "").split(/[\s\u0085]+/u).filter(Boolean).length;
}

function showCounts() {
  for (const box of form.querySelectorAll("[data-counter]")) {
    const area = document.getElementById(box.dataset.counter);
    const words = countWords(area.value), most = Number(area.dataset.words);
    box.textContent = `${words.toLocaleString("vi-VN")}/${most.toLocaleString("vi-VN")} chữ`;
    box.classList.toggle("is-over", words > most);
  }
}

// A row with something in it can be put back, until another is taken out.
function takeOut(row, changed) {
  const table = row.closest("table"), place = [...row.parentElement.children].indexOf(row), body = row.parentElement;
  const full = [...row.querySelectorAll("input, select, textarea")].some((box) => box.value.trim());
  table.parentElement.querySelector(".undo")?.remove();
  row.remove();
  if (!full) return;
  const note = element("p", "undo", `Đã bỏ dòng ${place + 1}. `), back = element("button", "btn btn-sm btn-secondary", "Hoàn tác");
  note.setAttribute("role", "status");
  back.type = "button";
  back.addEventListener("click", () => {
    const blank = [...body.children].find((one) => ![...one.querySelectorAll("input, select, textarea")].some((box) => box.value.trim()));
    if (body.children.length === 1) blank?.remove();
    body.insertBefore(row, body.children[place] ?? null);
    note.remove();
    row.querySelector("input, select, textarea").focus();
    changed();
  });
  note.append(back);
  table.after(note);
  back.focus();
}

// A box that suggests people or units; the button beside it does the same without scripts.
function suggest(box) {
  const text = box.querySelector("input:not([type=hidden])");
  const id = box.querySelector("input[type=hidden]");
  const list = element("ul", "suggestions", "");
  let at = -1, asked = 0;
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.id = `${text.id}-goi-y`;
  for (const [name, value] of [["role", "combobox"], ["aria-controls", list.id], ["aria-expanded", "false"], ["aria-autocomplete", "list"]]) text.setAttribute(name, value);
  box.append(list);

  const close = () => {
    list.hidden = true;
    text.setAttribute("aria-expanded", "false");
  };
  const pick = (option) => {
    text.value = option.dataset.name;
    id.value = option.dataset.id;
    close();
    form.dispatchEvent(new Event("input"));
  };
  const move = (step) => {
    at = (at + step + list.children.length) % list.children.length;
    [...list.children].forEach((option, n) => option.setAttribute("aria-selected", n === at));
    text.setAttribute("aria-activedescendant", list.children[at].id);
  };
  text.addEventListener("input", async () => {
    id.value = "";
    const mine = ++asked;
    if (text.value.trim().length < 2) return close();
    const response = await fetch(`${box.dataset.reference}?q=${encodeURIComponent(text.value)}`, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!response?.ok || mine !== asked) return;
    list.replaceChildren(
      ...(await response.json()).map((one, n) => {
        const option = element("li", "", one.about ? `${one.name} – ${one.about}` : one.name);
        option.id = `${list.id}-${n}`;
        option.setAttribute("role", "option");
        Object.assign(option.dataset, { id: one.id, name: one.name });
        option.addEventListener("mousedown", (event) => {
          event.preventDefault();
          pick(option);
        });
        return option;
      }),
    );
    at = -1;
    list.hidden = !list.children.length;
    text.setAttribute("aria-expanded", String(!list.hidden));
  });
  text.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      pick(list.children[at]);
    } else if (event.key === "Escape") close();
  });
  text.addEventListener("blur", close);
}
