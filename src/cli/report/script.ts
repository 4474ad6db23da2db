/**
 * The page's own behaviour: it sorts, searches, and filters by timeline bucket. Without scripts the page is complete, ordered by urgency.
 */
export const SCRIPT = `
const body = document.querySelector("tbody");
const rows = [...body.rows];
const heads = [...document.querySelectorAll("th")];
const search = document.querySelector("#search");
const order = document.querySelector("#order");
const shown = document.querySelector("#shown");
const stretches = [...document.querySelectorAll(".timeline button")];
let stretch = null;

const keyOf = (row, column) => row.cells[column].dataset.key;
const compare = (a, b) => {
  if (a === b) return 0;
  if (a === "") return 1;
  if (b === "") return -1;
  const difference = Number(a) - Number(b);
  return Number.isNaN(difference) ? a.localeCompare(b) : difference;
};

function sort(column, isDescending) {
  const sign = isDescending ? -1 : 1;
  const keyed = rows.map((row) => [keyOf(row, column), row]);
  // Rows without a value stay last in both directions.
  keyed.sort(([a], [b]) => (a === "" || b === "" ? compare(a, b) : sign * compare(a, b)));
  body.append(...keyed.map(([, row]) => row));
  heads.forEach((head, index) => {
    if (index === column) head.setAttribute("aria-sort", isDescending ? "descending" : "ascending");
    else head.removeAttribute("aria-sort");
  });
  order.value = String(column);
}

function filter() {
  const words = search.value.toLowerCase().split(/\\s+/).filter((word) => word !== "");
  let count = 0;
  for (const row of rows) {
    const text = row.textContent.toLowerCase();
    const isShown =
      (stretch === null || row.dataset.bucket === stretch) && words.every((word) => text.includes(word));
    row.hidden = !isShown;
    if (isShown) count += 1;
  }
  shown.textContent = count === rows.length ? "" : count + " of " + rows.length + " shown";
}

heads.forEach((head, index) => {
  head.querySelector("button").addEventListener("click", () => sort(index, head.getAttribute("aria-sort") === "ascending"));
});
order.addEventListener("change", () => sort(Number(order.value), false));
search.addEventListener("input", filter);
for (const button of stretches) {
  button.addEventListener("click", () => {
    stretch = stretch === button.dataset.bucket ? null : button.dataset.bucket;
    for (const other of stretches) other.setAttribute("aria-pressed", String(other.dataset.bucket === stretch));
    filter();
  });
}
document.querySelector("#tools").hidden = false;
`;
