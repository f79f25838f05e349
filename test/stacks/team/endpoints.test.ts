import { scoring, scoringFaults, scoringNotes } from "../../../stacks/team/endpoints";
import { batchSection, endpointsSection, type ScoringOrder } from "../../../stacks/team/scoring-order";
import { seen, value } from "../../mocks";
import { scoringPlace } from "./scoring-place";

const digest = `sha256:${"a".repeat(64)}`;
const scorer = {
    image: { repository: "mlplatform/scorer", digest, sizeGib: 2 },
    model: { path: "detector/3.onnx", sha256: "b".repeat(64), sizeBytes: 170_000_000 },
};
const written = {
    endpoints: { detector: { ...scorer, pool: "t4", gpus: 1, cpu: 3, memoryGib: 12, scaling: { replicas: 1 } } },
    batch: {
        nightly: {
            ...{ ...scorer, pool: "t4spot", gpus: 1, cpu: 3, memoryGib: 12, shards: 20, parallelism: 2 },
            ...{ input: "frames/nightly", output: "labels/predicted" },
        },
    },
};
function read(of: { endpoints?: unknown; batch?: unknown } = written): { order: ScoringOrder; faults: string[] } {
    const faults: string[] = [];
    const endpoints = endpointsSection("endpoints", of.endpoints ?? {}, faults) ?? {};
    const batch = batchSection("batch", of.batch ?? {}, faults) ?? {};
    return { order: { endpoints, batch }, faults };
}
const endpointWith = (more: object): unknown => ({
    endpoints: { detector: { ...written.endpoints.detector, ...more } },
});

test("an order becomes an endpoint and a batch, images from the registry and models from the records", async () => {
    const { order, faults } = read();
    expect(faults).toEqual([]);
    const { endpoints, predictions, coldStarts } = scoring(order, scoringPlace, {});
    expect(coldStarts.detector).toMatchObject({ totalSeconds: 601, parts: { "a node with GPUs": 480 } });
    expect(endpoints.detector && (await value(endpoints.detector))).toBe("https://vision.ml.example.com/detector");
    expect(predictions.nightly && (await value(predictions.nightly))).toMatch(
        /^https:\/\/stmlpwork\.blob\.core\.windows\.net\/vision-labels\/predicted\/nightly-[0-9a-f]{8}$/,
    );
    const deployment = seen.find(({ type }) => type === "kubernetes:apps/v1:Deployment");
    expect(deployment?.inputs).toMatchObject({
        metadata: { name: "detector-baseline", namespace: "team-vision" },
        spec: { strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } },
    });
    expect(JSON.stringify(deployment?.inputs)).toContain(`cr.azurecr.io/mlplatform/scorer@${digest}`);
    expect(JSON.stringify(deployment?.inputs)).toContain(
        "https://stmlprec.blob.core.windows.net/models/detector/3.onnx",
    );
});

test("an image of ours goes by its name, to the digest that the images stack tells", async () => {
    const own = { repository: "mlplatform/scoring", digest: `sha256:${"c".repeat(64)}`, sizeGib: 0.5 };
    const images = { stack: "dev-images", images: { scoring: own } };
    const { order, faults } = read({ batch: { nightly: { ...written.batch.nightly, image: "scoring" } } });
    expect(faults).toEqual([]);
    const { predictions } = scoring(order, { ...scoringPlace, images }, {});
    await (predictions.nightly && value(predictions.nightly));
    expect(JSON.stringify(seen.map(({ inputs }) => inputs))).toContain(
        `cr.azurecr.io/mlplatform/scoring@${own.digest}`,
    );
});

test("an image of ours that is not built yet is told, and nothing is made", () => {
    const { order } = read({
        endpoints: { detector: { ...written.endpoints.detector, image: "scoring" } },
        batch: { nightly: { ...written.batch.nightly, image: "scoring" } },
    });
    expect(scoringFaults(order, scoringPlace)).toEqual([
        'endpoints.detector.image names an image of ours, "scoring", and mlplatform:images names no stack that builds it',
        'batch.nightly.image names an image of ours, "scoring", and mlplatform:images names no stack that builds it',
    ]);
    expect(scoringFaults(order, { ...scoringPlace, images: { stack: "dev-images", images: {} } })[0]).toBe(
        'endpoints.detector.image must be an image that stack dev-images has built, none yet, got "scoring"; bring that stack up first',
    );
});

test("the preview says how long an endpoint takes from nothing, and what one replica means", () => {
    const { lines, warnings } = scoringNotes(read().order, scoringPlace);
    expect(lines[0]).toBe("endpoint detector: from no node to the first answer in 601 s at worst");
    expect(lines).toHaveLength(7);
    expect(warnings).toEqual(["endpoint detector has one replica: nobody is answered while its node is exchanged"]);
});

test("a batch reads and writes containers of its own team alone", () => {
    const { order } = read({ batch: { nightly: { ...written.batch.nightly, input: "audio/x", output: "other" } } });
    expect(scoringFaults(order, scoringPlace)).toEqual([
        'batch.nightly.input must begin with a container of the order, frames, labels, got "audio/x"',
        'batch.nightly.output must begin with a container of the order, frames, labels, got "other"',
    ]);
});

test.each<[string, object, string]>([
    [
        "an image by tag",
        { image: { ...scorer.image, digest: "v1" } },
        'endpoints["detector"].image.digest must be sha256: and 64 of 0-9 and a-f: images are pinned by what they hold, got "v1"',
    ],
    [
        "an image of ours by tag",
        { image: "scoring:v1" },
        'endpoints["detector"].image must be the name of an image of the images stack, without a tag, got "scoring:v1"',
    ],
    [
        "an image from elsewhere",
        { image: { ...scorer.image, repository: "docker.io/x:1" } },
        'endpoints["detector"].image.repository must be the name of a repository, without registry and tag, got "docker.io/x:1"',
    ],
    [
        "a model without digest",
        { model: { ...scorer.model, sha256: "latest" } },
        'endpoints["detector"].model.sha256 must be 64 of 0-9 and a-f: models are pinned by what they hold, got "latest"',
    ],
    ["a key misspelt", { replicas: 2 }, 'endpoints["detector"].replicas is not a field'],
])("an order is refused for %s", (_, more, message) => {
    expect(read(endpointWith(more) as never).faults.join("\n")).toContain(message);
});

test.each<[string, object, string]>([
    [
        "two controllers",
        { scaling: { replicas: 1, cpu: { least: 1, most: 2, percent: 50 } } },
        "endpoints.detector.scaling must name one of replicas, cpu, queue: two that set one number of replicas undo each other's work, got replicas and cpu",
    ],
    [
        "spot machines",
        { pool: "t4spot" },
        "endpoints.detector.pool must not be of spot machines for an online endpoint",
    ],
    [
        "a pool that there is not",
        { pool: "h100" },
        'endpoints.detector.pool must be a pool of the foundation, one of t4, work, t4spot, got "h100"',
    ],
    [
        "more than the quota",
        { scaling: { replicas: 3 } },
        'the team may have 2 GPUs of pool "t4", its endpoints at their most ask for 3',
    ],
    [
        "a canary beyond the quota",
        { scaling: { replicas: 2 }, canary: { ...scorer, replicas: 1, weight: 0 } },
        'the team may have 2 GPUs of pool "t4", its endpoints at their most ask for 3',
    ],
    [
        "a budget that blocks upgrades",
        { minAvailable: 1 },
        "endpoints.detector.minAvailable must be from 1 to 1, less than the 1 replicas there are at least",
    ],
])("refuses %s before anything is made", (_, more, message) => {
    const { order, faults } = read(endpointWith(more) as never);
    expect(faults).toEqual([]);
    expect(scoringFaults(order, scoringPlace).join("\n")).toContain(message);
});
