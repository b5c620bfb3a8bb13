// Rows copied in a spreadsheet and pasted into a cell of a table fill it from there, with as many rows as they need.

import { addRow } from "./part.js";

const form = document.querySelector("form[data-autosave]");

form?.addEventListener("paste", (event) => {
  const cell = event.target.closest("table[data-rows] td");
  const text = event.clipboardData?.getData("text/plain") ?? "";
  // Lines alone are what somebody pastes into a box of several lines.
  const copied = text.includes("\t") || (text.trim().includes("\n") && !event.target.matches("textarea"));
  if (!cell || !copied) return;
  event.preventDefault();
  const table = cell.closest("table");
  const titles = [...table.tHead.rows[0].querySelectorAll("th")].map((th) => bare(th.textContent));
  let grid = lines(text).filter((line) => line.some((one) => one.trim()));
  let columns = titles.map((_, at) => at).slice(cell.cellIndex);
  const named = (grid[0] ?? []).map((one) => titles.indexOf(bare(one)));
  const hits = named.filter((at) => at >= 0);
  if (hits.length >= Math.min(2, titles.length) && new Set(hits).size === hits.length) [columns, grid] = [named, grid.slice(1)];
  put(table, cell.parentElement, columns, grid);
});

function put(table, first, columns, grid) {
  const rows = [...table.querySelectorAll("tr[data-row]")];
  const from = rows.indexOf(first);
  const most = Number(table.dataset.most);
  const wide = grid.find((line) => line.slice(columns.length).some((one) => one.trim()));
  if (from + grid.length > most) return say(table, `Phần dán có ${grid.length} dòng, bảng chỉ nhận nhiều nhất ${most} dòng nên chưa dán dòng nào.`);
  if (wide) return say(table, `Phần dán có ${wide.length} cột, từ ô này bảng chỉ còn ${columns.length} cột nên chưa dán dòng nào.`);
  let next = Math.max(-1, ...rows.map((row) => number(row))) + 1;
  const unlike = [];
  grid.forEach((line, at) => {
    const row = rows[from + at] ?? addRow(table, next++);
    columns.forEach((column, place) => {
      // Beyond what was copied nothing is touched, as in a spreadsheet.
      if (column >= 0 && place < line.length && !fill(row.cells[column], line[place])) unlike.push(line[place].trim());
    });
  });
  say(table, `Đã dán ${grid.length} dòng.${left(unlike)}`);
  form.dispatchEvent(new Event("input"));
}

function number(row) {
  return Number(/-(\d+)-/.exec(row.querySelector("[name]").name)?.[1] ?? -1);
}

// A label of an option chooses it. Whether the text could be put into the cell: what is no option changes nothing.
function fill(cell, text) {
  const box = cell.querySelector("input, select, textarea");
  const given = text.trim();
  const fitting = (one) => one.value === given || (given && bare(one.textContent) === bare(given));
  const option = box.options && [...box.options].find(fitting);
  if (box.options && !option) return false;
  box.value = option ? option.value : given;
  return true;
}

function left(unlike) {
  if (!unlike.length) return "";
  const named = [...new Set(unlike)].map((one) => `“${one}”`);
  const more = named.length > 5 ? " và các ô khác" : "";
  return ` ${unlike.length} ô không khớp lựa chọn nào nên giữ như cũ: ${named.slice(0, 5).join(", ")}${more}.`;
}

function say(table, text) {
  const wrap = table.closest(".rows-wrap");
  const line = wrap.parentElement.querySelector("[data-pasted]") ?? document.createElement("p");
  line.dataset.pasted = "";
  line.className = "field-help";
  line.setAttribute("role", "status");
  line.textContent = text;
  wrap.after(line);
}

function bare(text) {
  return text.replace("*", "").normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/gi, "d").trim().replace(/\s+/g, " ").toLowerCase();
}

// Cells with tabs or line breaks stand in quotation marks, as spreadsheets copy them.
function lines(text) {
  const grid = [[""]];
  let quoted = false;
  const plain = text.replace(/\r\n?/g, "\n");
  for (let at = 0; at < plain.length; at += 1) {
    const one = plain[at], line = grid.at(-1), start = line.at(-1) === "" && /^$|[\t\n]/.test(plain[at - 1] ?? "");
    if (quoted && one === '"' && plain[at + 1] === '"') line[line.length - 1] += plain[++at];
    else if (one === '"' && (quoted || start)) quoted = !quoted;
    else if (one === "\t" && !quoted) line.push("");
    else if (one === "\n" && !quoted) grid.push([""]);
    else line[line.length - 1] += one;
  }
  return grid;
}
