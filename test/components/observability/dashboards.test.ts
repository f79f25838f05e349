import { dashboardFiles } from "../../../components/observability/dashboards";
import { gpuMetrics } from "../../../facts/gpu-metrics";
import { prometheusMetrics } from "../../../facts/prometheus-metrics";

interface Panel {
    id: number;
    gridPos: { x: number; y: number; w: number; h: number };
    targets: { expr: string; refId: string }[];
}
const files = Object.entries(dashboardFiles()) as [string, { uid: string; panels: Panel[] }][];
const collected = gpuMetrics.map(([field]) => field);

test.each(files)("%s draws each panel in a place of its own", (_, { uid, panels }) => {
    expect(uid.length).toBeLessThanOrEqual(40);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const places = panels.map(({ gridPos: { x, y, w } }) => `${x},${y}` + (x + w <= 24 ? "" : " too far right"));
    expect(new Set(places).size).toBe(panels.length);
    expect(places.join()).not.toContain("too far right");
});

test("what is drawn of GPUs is collected", () => {
    const drawn = files.flatMap(([, { panels }]) => panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)));
    const fields = [...new Set(drawn.join(" ").match(/DCGM_\w+/g))];
    expect(fields).toContain("DCGM_FI_PROF_SM_ACTIVE");
    for (const field of fields) expect(collected).toContain(field);
});

test("what alerts read of GPUs is collected", () => {
    const read = Object.keys(prometheusMetrics).filter((name) => name.startsWith("DCGM_"));
    expect(read.length).toBeGreaterThan(3);
    for (const field of read) expect(collected).toContain(field);
});
