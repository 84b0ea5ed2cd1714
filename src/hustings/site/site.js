// Sorts a table by the column whose head is pressed, and filters its rows; every page works without.
(() => {
  // A share in brackets goes before the papers that it is of.
  const number = (text) => {
    const found = text.match(/\(([\d.]+)\)/) || text.replaceAll(",", "").match(/^(-?\d[\d.]*)(?![\d.-])/);
    return found ? Number(found[1]) : null;
  };
  const value = (row, column) => row.cells[column].textContent.trim();
  const compare = (column, down) => (one, other) => {
    const [a, b] = [value(one, column), value(other, column)];
    const [x, y] = [number(a), number(b)];
    if (x === null && y === null) return a.localeCompare(b) * (down ? -1 : 1);
    if (x === null) return 1;
    if (y === null) return -1;
    return down ? y - x : x - y;
  };
  for (const table of document.querySelectorAll("table[data-sortable]")) {
    const heads = [...table.tHead.rows[0].cells], body = table.tBodies[0];
    const last = [...body.rows].filter((row) => row.querySelector("th .of"));
    heads.forEach((head, column) => {
      const button = document.createElement("a");
      const link = head.querySelector("a") || head.querySelector("bdi");
      button.href = link.href || "#main";
      button.textContent = link.textContent;
      button.setAttribute("role", "button");
      link.replaceWith(button);
      const sort = (event) => {
        event.preventDefault();
        const was = head.getAttribute("aria-sort");
        const down = was ? was !== "descending" : column > 0 && !head.classList.contains("text");
        heads.forEach((each) => each.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const rows = [...body.rows].filter((row) => !last.includes(row));
        body.append(...rows.sort(compare(column, down)), ...last);
      };
      button.addEventListener("click", sort);
      button.addEventListener("keydown", (event) => event.key === " " && sort(event));
    });
  }
  const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  for (const form of document.querySelectorAll("form[data-finder]")) {
    const [input, told] = [form.querySelector("input"), form.querySelector("[role=status]")];
    const rows = [...document.querySelectorAll("[data-sortable] tbody tr")];
    const names = rows.map((row) => folded((form.dataset.finder ? row : row.cells[0]).textContent));
    const find = () => {
      const wanted = folded(input.value).split(/\s+/).filter(Boolean);
      let shown = 0;
      rows.forEach((row, at) => {
        row.hidden = !wanted.every((word) => names[at].includes(word));
        shown += !row.hidden;
      });
      told.textContent = wanted.length ? `${shown} of ${rows.length} shown` : "";
    };
    form.hidden = false;
    form.addEventListener("submit", (event) => event.preventDefault());
    input.addEventListener("input", find);
    input.value = new URLSearchParams(location.search).get("q") || "";
    find();
  }
})();
