/** Filters the changes; without it the page shows all of them. */
export const script = `
const filter = document.querySelector("#filter");
const text = document.querySelector("#text");
const danger = document.querySelector("#danger");
const boxes = [...document.querySelectorAll("[data-operation-box]")];
const changes = [...document.querySelectorAll("[data-change]")].map((row) => ({ row, text: row.textContent.toLowerCase() }));
const shown = document.querySelector("#shown");
function show() {
    const words = text.value.toLowerCase().split(/\\s+/).filter((word) => word !== "");
    const operations = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    let count = 0;
    for (const change of changes) {
        const fits = operations.has(change.row.dataset.change)
            && (!danger.checked || change.row.dataset.danger === "yes")
            && words.every((word) => change.text.includes(word));
        change.row.hidden = !fits;
        if (fits) count += 1;
    }
    shown.textContent = count + " of " + changes.length + " groups";
}
if (filter) {
    filter.hidden = false;
    filter.addEventListener("input", show);
    filter.addEventListener("submit", (event) => event.preventDefault());
    show();
}
`;
