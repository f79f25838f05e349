import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { readCard } from "../../images/scoring/model/card";
import { exposition, ModelMetrics } from "../../images/scoring/telemetry/metrics";

const root = resolve(__dirname, "..", "..");
const page = readFileSync(join(root, "docs", "scoring.md"), "utf8");

test("the example of a card is one", async () => {
    const examples = [...page.matchAll(/```json\n([^]*?)```/g)].map(([, text = ""]) => text);
    const card = examples.find((text) => text.includes('"task"')) ?? "";
    expect((await readCard(card)).labels).toEqual(["bolt", "nut"]);
});

test("the settings that the page names are read, and those that are read are named", () => {
    const source = readFileSync(join(root, "images", "scoring", "settings.ts"), "utf8");
    const read = new Set(
        source.match(/\b[A-Z]+(?:_[A-Z0-9]+)+\b|\bMODELS\b|\bHOST\b|\bDEMO\b|\bWORKERS\b|\bTHREADS\b/g),
    );
    const named = new Set(
        page.match(/\b[A-Z]+(?:_[A-Z0-9]+)+\b|\bMODELS\b|\bHOST\b|\bDEMO\b|\bWORKERS\b|\bTHREADS\b/g),
    );
    // gRPC's codes are no settings; the second name of the traces' endpoint is for one kind of signal alone.
    const codes = /^(?:INVALID_ARGUMENT|NOT_FOUND|RESOURCE_EXHAUSTED|DEADLINE_EXCEEDED)$/;
    expect([...named].filter((name) => !read.has(name) && !codes.test(name))).toEqual([]);
    expect([...read].filter((name) => !named.has(name))).toEqual(["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"]);
});

test("the metrics that the page names are those that there are", () => {
    const metrics = exposition([new ModelMetrics("m", "1", "0".repeat(64), () => 0)]);
    const there = [...metrics.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name).sort();
    expect([...new Set(page.match(/\b(?:nodejs|nv|process|score)_\w+/g))].sort()).toEqual(there);
});
