import { createHash } from "node:crypto";

const style = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.4rem; }
form { display: flex; flex-wrap: wrap; gap: 0.75rem; align-items: end; padding: 1rem; border: 2px dashed GrayText; }
form.over { border-color: Highlight; }
label { display: grid; gap: 0.25rem; }
input, button { font: inherit; padding: 0.4rem; }
:focus-visible { outline: 3px solid Highlight; outline-offset: 2px; }
canvas { max-width: 100%; height: auto; margin-top: 1rem; }
table { border-collapse: collapse; margin-top: 1rem; }
th, td { text-align: left; padding: 0.25rem 1rem 0.25rem 0; border-bottom: 1px solid GrayText; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
code { overflow-wrap: anywhere; }
#fault:not(:empty) { border: 2px solid; padding: 0.5rem; font-weight: bold; }
`;

const script = `
"use strict";
const byId = (id) => document.getElementById(id);
const [form, input, canvas, rows, status, fault] =
    ["form", "picture", "canvas", "rows", "status", "fault"].map(byId);
const colours = ["#e6194b", "#0a7d33", "#4363d8", "#b35900", "#911eb4", "#007a8a"];
const percent = (confidence) => Math.round(confidence * 100) + " %";

function draw(image, predictions) {
    canvas.width = image.width;
    canvas.height = image.height;
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const unit = Math.max(12, Math.round(Math.min(image.width, image.height) / 28));
    const labels = [...new Set(predictions.map(({ label }) => label))];
    context.lineWidth = unit / 5;
    context.font = unit + "px monospace";
    for (const { label, confidence, box } of predictions) {
        if (!box) continue;
        context.strokeStyle = context.fillStyle = colours[labels.indexOf(label) % colours.length];
        context.strokeRect(box.left, box.top, box.width, box.height);
        const text = label + " " + percent(confidence);
        const width = context.measureText(text).width + unit * 0.4;
        const left = Math.max(0, Math.min(box.left, image.width - width));
        const top = Math.max(0, box.top - unit * 1.4);
        context.fillRect(left, top, width, unit * 1.4);
        context.fillStyle = "#ffffff";
        context.fillText(text, left + unit * 0.2, top + unit * 1.05);
    }
    const told = predictions.map(({ label, confidence }) => label + " " + percent(confidence)).join(", ");
    canvas.setAttribute("aria-label", told === "" ? "The picture, with nothing found in it" : "The picture with " + told);
    canvas.hidden = false;
}

function show({ model, pictures: [{ predictions }] }) {
    rows.replaceChildren(
        ...predictions.map(({ label, confidence, box }) => {
            const row = document.createElement("tr");
            const place = box ? [box.left, box.top, box.width, box.height].map(Math.round).join(", ") : "";
            for (const [index, text] of [label, percent(confidence), place].entries()) {
                const cell = document.createElement(index === 0 ? "th" : "td");
                if (index === 0) cell.scope = "row";
                else cell.className = "number";
                cell.textContent = text;
                row.append(cell);
            }
            return row;
        }),
    );
    byId("found").hidden = false;
    byId("model").textContent = model.name + " " + model.version;
    byId("digest").textContent = "sha256:" + model.sha256;
    status.textContent = predictions.length + (predictions.length === 1 ? " thing found" : " things found");
}

async function score(file) {
    fault.textContent = "";
    status.textContent = "Looking at " + file.name + " …";
    const least = byId("least").value;
    const answer = await fetch("score?minConfidence=" + encodeURIComponent(least), {
        method: "POST",
        headers: { "content-type": "application/octet-stream", accept: "application/json" },
        body: file,
    });
    const said = await answer.json();
    if (!answer.ok) throw new Error(said.error || "the server answered " + answer.status);
    show(said);
    draw(await createImageBitmap(file), said.pictures[0].predictions);
}

function begin() {
    const [file] = input.files;
    if (!file) return;
    score(file).catch((caught) => {
        status.textContent = "";
        canvas.hidden = byId("found").hidden = true;
        fault.textContent = caught.message;
    });
}

form.addEventListener("submit", (event) => { event.preventDefault(); begin(); });
input.addEventListener("change", begin);
form.addEventListener("dragover", (event) => { event.preventDefault(); form.classList.add("over"); });
form.addEventListener("dragleave", () => form.classList.remove("over"));
form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("over");
    input.files = event.dataTransfer.files;
    begin();
});
`;

const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** What the page may do: its own style and script, pictures of the browser's, and requests to where it is from. */
export const demoPolicy = [
    "default-src 'none'",
    `style-src ${hashOf(style)}`,
    `script-src ${hashOf(script)}`,
    "img-src blob: data:",
    "connect-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
].join("; ");

/** A page that asks `score` beside it what is in a picture, and draws the boxes. It loads nothing else. */
export const demoPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>What is in the picture?</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<main>
<h1>What is in the picture?</h1>
<form id="form">
<label>Picture, or drop one here<input id="picture" type="file" accept="image/*" required></label>
<label>Least confidence, 0 to 1<input id="least" type="number" min="0" max="1" step="0.05" value="0.3"></label>
<button>Look</button>
</form>
<p id="status" role="status"></p>
<p id="fault" role="alert"></p>
<canvas id="canvas" role="img" hidden></canvas>
<section id="found" hidden aria-label="Result">
<table>
<thead><tr><th scope="col">What</th><th scope="col">Confidence</th><th scope="col">Left, top, width, height</th></tr></thead>
<tbody id="rows"></tbody>
</table>
<p>Model <strong id="model"></strong><br><code id="digest"></code></p>
</section>
</main>
<script>${script}</script>
</body>
</html>
`;
