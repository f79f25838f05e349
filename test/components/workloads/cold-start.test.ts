import { coldStart, coldStartLines, type StartNeeds } from "../../../components/workloads/cold-start";

const needs: StartNeeds = { gpu: true, ephemeralDisk: true, imageGib: 2, modelBytes: 170e6, loadSeconds: 60 };

test("the sum is that of its parts, each with its source", () => {
    const { parts, totalSeconds, containerSeconds } = coldStart(needs);
    expect(parts.map(({ seconds }) => seconds)).toEqual([40, 480, 11, 10, 60]);
    expect([totalSeconds, containerSeconds]).toEqual([601, 70]);
    for (const { source } of parts) expect(source).not.toBe("");
});

test("it is printed part by part", () => {
    expect(coldStartLines("endpoint detector", coldStart(needs)).map((line) => line.replace(/ \(.*\)$/, ""))).toEqual([
        "endpoint detector: from no node to the first answer in 601 s at worst",
        "     40 s  the autoscaler notices",
        "    480 s  a node with GPUs",
        "     11 s  image of 2 GiB at 200 MB/s of disk",
        "     10 s  model of 170 MB at 17 MB/s",
        "     60 s  model checked, loaded and warm",
        "  startup probe: 14 x 10 s; rollout without progress: 780 s; clients should wait 601 s or ask again",
    ]);
});

test("whatever is asked, probe and deadline outlast it, and more of anything is never faster", () => {
    for (const gpu of [true, false])
        for (const ephemeralDisk of [true, false])
            for (const imageGib of [0.01, 1, 30, 100])
                for (const modelBytes of [1, 1e9, 1e12])
                    for (const loadSeconds of [1, 600, 3600]) {
                        const asked = { gpu, ephemeralDisk, imageGib, modelBytes, loadSeconds };
                        const start = coldStart(asked);
                        const { periodSeconds, failureThreshold } = start.startupProbe;
                        expect(periodSeconds * failureThreshold).toBeGreaterThanOrEqual(2 * start.containerSeconds);
                        expect(start.progressDeadlineSeconds).toBeGreaterThan(start.totalSeconds);
                        const more = coldStart({ ...asked, imageGib: imageGib + 1, modelBytes: modelBytes + 1e9 });
                        expect(more.totalSeconds).toBeGreaterThan(start.totalSeconds);
                    }
});
