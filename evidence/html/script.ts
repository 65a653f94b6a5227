/**
 * What runs in the reader's browser. Rows are made of text nodes, 50 at a time, so that 10,000 findings stay quick, and
 * nothing of the evidence is ever read as HTML.
 */
export const script = `"use strict";
(() => {
  const all = JSON.parse(document.getElementById("data").textContent);
  const size = 50;
  const get = (id) => document.getElementById(id);
  const texts = all.map((row) => row.join("\\n").toLowerCase());
  let shown = all, page = 0, column = -1, direction = 1;
  const cell = (name, text) => {
    const made = document.createElement(name);
    made.dir = "auto";
    made.textContent = text;
    return made;
  };
  const draw = (body, rows) => body.replaceChildren(...rows.map((row) => {
    const line = document.createElement("tr");
    line.append(...row.map((text) => cell("td", text)));
    return line;
  }));
  const show = () => {
    const pages = Math.max(1, Math.ceil(shown.length / size));
    page = Math.min(page, pages - 1);
    draw(get("rows"), shown.slice(page * size, (page + 1) * size));
    get("count").textContent = shown.length + " of " + all.length + " findings, page " + (page + 1) + " of " + pages;
    get("before").disabled = page === 0;
    get("next").disabled = page + 1 >= pages;
  };
  const filter = () => {
    const words = get("search").value.toLowerCase().split(/\\s+/).filter(Boolean);
    const status = get("status").value;
    shown = all.filter((row, at) =>
      (status === "" || row[0] === status) && words.every((word) => texts[at].includes(word)));
    if (column >= 0) shown.sort((a, b) => direction * (a[column] < b[column] ? -1 : a[column] > b[column] ? 1 : 0));
    page = 0;
    show();
  };
  get("search").addEventListener("input", filter);
  get("status").addEventListener("change", filter);
  get("before").addEventListener("click", () => { page -= 1; show(); });
  get("next").addEventListener("click", () => { page += 1; show(); });
  const heads = [...document.querySelectorAll("#findings th")];
  heads.forEach((head, at) => head.querySelector("button").addEventListener("click", () => {
    direction = column === at ? -direction : 1;
    column = at;
    for (const other of heads) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
    filter();
  }));
  addEventListener("beforeprint", () => {
    draw(get("rows"), shown.slice(0, 2000));
    if (shown.length > 2000) get("count").textContent = "2000 of " + shown.length + " findings are printed";
  });
  addEventListener("afterprint", show);
  show();
})();`;
