// Choosing several lines: with shift a whole run, and the button says how many.

for (const form of document.querySelectorAll("form[data-select]")) {
  const boxes = [...form.querySelectorAll("input[type=checkbox]")];
  const count = form.querySelector("[data-chosen]");
  let last = -1;
  const show = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    count.textContent = chosen;
    form.querySelector("button").disabled = !chosen;
  };
  boxes.forEach((box, at) =>
    box.addEventListener("click", (event) => {
      if (event.shiftKey && last >= 0) {
        for (const other of boxes.slice(Math.min(at, last), Math.max(at, last) + 1)) other.checked = box.checked;
      }
      last = at;
      show();
    }),
  );
  show();
}
