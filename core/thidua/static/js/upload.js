// Sends files one by one with their raw bytes, shows how far each is, and brings the slot up to date.

const token = document.querySelector("meta[name=csrf-token]").content;
const MB = 1024 * 1024;

document.querySelectorAll("form[data-upload]").forEach(live);
watchReading(6);

function live(form) {
  const input = form.querySelector("input[type=file]");
  const list = form.querySelector("[data-progress]");
  form.classList.add("is-live");
  input.required = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form, list, [...input.files]);
  });
  input.addEventListener("change", () => send(form, list, [...input.files]));
  if (!("drop" in form.dataset)) return;
  for (const name of ["dragenter", "dragover"]) {
    form.addEventListener(name, (event) => {
      event.preventDefault();
      form.classList.add("is-over");
    });
  }
  for (const name of ["dragleave", "drop"]) form.addEventListener(name, () => form.classList.remove("is-over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    send(form, list, [...event.dataTransfer.files]);
  });
}

// A file dropped beside its place must not replace the page.
for (const name of ["dragover", "drop"]) window.addEventListener(name, (event) => event.preventDefault());

const waiting = new Map(); // by slot: files chosen while others are being sent

async function send(form, list, files) {
  if (!files.length) return;
  const slot = form.closest("[data-slot]").id;
  if (form.dataset.sending) return void waiting.set(slot, [...(waiting.get(slot) ?? []), ...files]);
  form.dataset.sending = "1";
  const input = form.querySelector("input[type=file]");
  list.replaceChildren();
  const lines = files.map((file) => [file, addLine(list, file)]);
  const failed = [];
  for (const [file, line] of lines) {
    const sentence = refuse(form, file) ?? (await put(form, file, line));
    if (sentence) {
      fail(line, sentence);
      failed.push(line);
    } else line.querySelector(".state-line").textContent = "Đã nhận";
  }
  input.value = "";
  delete form.dataset.sending;
  if (failed.length < files.length) await refresh(slot, failed);
  const more = waiting.get(slot);
  waiting.delete(slot);
  const again = document.querySelector(`#${slot} form[data-drop]`);
  if (more && again) await send(again, again.querySelector("[data-progress]"), more);
}

function refuse(form, file) {
  const accepted = form.dataset.accept.split(",");
  const ending = /\.[a-z0-9]+$/i.exec(file.name)?.[0].toLowerCase() ?? "";
  if (!accepted.includes(ending)) return `Mục này không nhận tệp loại “${ending || "không rõ"}”. Các loại được nhận: ${accepted.join(", ")}.`;
  if (file.size > form.dataset.limit * MB) return `Tệp vượt giới hạn ${form.dataset.limit} MB của mục này. Hãy giảm dung lượng hoặc tách tệp rồi tải lại.`;
  return null;
}

// Resolves with a sentence when the file was not taken, with null when it was.
function put(form, file, line) {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    const replaced = form.querySelector("input[name=thay]")?.value;
    const address = `${form.dataset.upload}?ten=${encodeURIComponent(file.name)}${replaced ? `&thay=${replaced}` : ""}`;
    const bar = line.querySelector("progress");
    const word = line.querySelector(".state-line");
    request.open("PUT", address);
    request.setRequestHeader("X-CSRFToken", token);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      bar.value = event.loaded / event.total;
      word.textContent = event.loaded < event.total ? `${Math.floor((100 * event.loaded) / event.total)} %` : "đang kiểm tra…";
    });
    request.addEventListener("load", () => {
      if (request.status === 201) return done(null);
      let sentence = "Chưa nhận được tệp. Hãy tải lại trang rồi thử lại.";
      try {
        sentence = JSON.parse(request.responseText).error ?? sentence;
      } catch {
        // an answer that is not ours: the sentence above says enough
      }
      done(sentence);
    });
    request.addEventListener("error", () => done("Mất kết nối khi tải lên. Hãy kiểm tra mạng rồi chọn lại tệp."));
    request.send(file);
  });
}

function addLine(list, file) {
  const line = document.createElement("li");
  const name = document.createElement("span");
  const word = document.createElement("span");
  const bar = document.createElement("progress");
  name.className = "name";
  name.textContent = file.name;
  word.className = "state-line quiet";
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", `Tải lên ${file.name}`);
  line.append(name, word, bar);
  list.append(line);
  return line;
}

function fail(line, sentence) {
  line.className = "is-bad";
  line.querySelector("progress")?.remove();
  line.querySelector(".state-line").textContent = sentence;
}

async function fresh() {
  const response = await fetch(location.pathname, { headers: { Accept: "text/html" } });
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

async function refresh(id, failed) {
  const page = await fresh().catch(() => null);
  const slot = page?.getElementById(id);
  if (!slot) return location.reload();
  document.getElementById(id).replaceWith(slot);
  slot.querySelectorAll("form[data-upload]").forEach(live);
  const list = slot.querySelector("form[data-drop] [data-progress]");
  if (failed.length) (list ?? slot).append(...failed);
  watchReading(6);
}

// "đang đọc" becomes "có lớp chữ" by itself.
function watchReading(times) {
  if (!times || !/· đang đọc/.test(document.querySelector("main").textContent)) return;
  setTimeout(async () => {
    const page = await fresh().catch(() => null);
    for (const facts of page?.querySelectorAll("[data-file]") ?? []) {
      const here = document.querySelector(`[data-file="${facts.dataset.file}"]`);
      if (here) here.textContent = facts.textContent;
    }
    watchReading(times - 1);
  }, 2500);
}
