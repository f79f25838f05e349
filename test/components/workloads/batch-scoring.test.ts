import { BatchScoring, type BatchScoringArgs } from "../../../components/workloads/batch-scoring";
import { seen, value, type Seen } from "../../mocks";
import { batch } from "./scorers";

async function build(more: Partial<BatchScoringArgs> = {}): Promise<BatchScoring> {
    const made = new BatchScoring("nightly", { ...batch, ...more });
    await value(made.results);
    return made;
}
function job(): Seen {
    const found = seen.find(({ type }) => type === "kubernetes:batch/v1:Job");
    if (!found) throw new Error("no Job");
    return found;
}

test("a Job with an index for each part waits in the team's queue, which alone lets it go", async () => {
    await build();
    expect(job().inputs).toMatchObject({
        metadata: { namespace: "team-vision", labels: { "kueue.x-k8s.io/queue-name": "team-vision" } },
        spec: { completionMode: "Indexed", completions: 20, parallelism: 4, suspend: true },
    });
    expect(job().options.ignoreChanges).toEqual(["spec.suspend"]);
});

test("a machine that is taken away is nobody's failure; input that cannot be scored is not tried again", async () => {
    await build();
    expect(job().inputs.spec).toMatchObject({
        ...{ backoffLimitPerIndex: 3, maxFailedIndexes: 2, podReplacementPolicy: "Failed" },
        podFailurePolicy: {
            rules: [
                { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] },
                { action: "FailIndex", onExitCodes: { containerName: "scorer", operator: "In", values: [42] } },
            ],
        },
    });
});

test("it bears spot machines, gives way to endpoints, and is gone before the machine is", async () => {
    await build();
    expect(job().inputs.spec).toMatchObject({
        template: {
            spec: {
                ...{ priorityClassName: "platform-training", terminationGracePeriodSeconds: 25 },
                restartPolicy: "Never",
                tolerations: [
                    { key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" },
                    {
                        key: "kubernetes.azure.com/scalesetpriority",
                        ...{ operator: "Equal", value: "spot", effect: "NoSchedule" },
                    },
                ],
            },
        },
    });
});

test("the same order is the same Job; another input, model or image is another one with another folder", async () => {
    const first = await build();
    const again = await build();
    const other = await build({ model: { ...batch.model, sha256: "e".repeat(64) } });
    expect(again.jobName).toBe(first.jobName);
    expect(other.jobName).not.toBe(first.jobName);
    expect(first.jobName).toMatch(/^nightly-[0-9a-f]{8}$/);
    expect(await value(first.results)).toBe(`https://stmlpwork.blob.core.windows.net/predictions/${first.jobName}`);
    expect(await value(other.results)).not.toBe(await value(first.results));
});

test.each<[string, Partial<BatchScoringArgs>, string]>([
    ["a name", { batch: "-" }, 'batch must be 1 to 30 of a-z, 0-9 and inner hyphens from a letter on, got "-"'],
    [
        "an input with a key",
        { input: "https://a.blob.core.windows.net/images?sig=x" },
        "batch.input must be https://ACCOUNT.blob.core.windows.net/CONTAINER/FOLDER without a query",
    ],
    [
        "an output elsewhere",
        { output: "s3://b" },
        'batch.output must be https://ACCOUNT.blob.core.windows.net/CONTAINER/FOLDER without a query, got "s3://b"',
    ],
    ["no shards", { shards: 0 }, "batch.shards must be a whole number from 1 to 10000, got 0"],
    [
        "more at a time than there are",
        { shards: 3, parallelism: 4 },
        "batch.parallelism must be a whole number from 1 to 3, got 4",
    ],
    ["weeks", { maxHours: 500 }, "batch.maxHours must be a whole number from 1 to 168, got 500"],
    ["an image by tag", { image: "x:1" as never }, "batch.image must be HOST/REPOSITORY@sha256:DIGEST"],
    ["a model without digest", { model: { ...batch.model, sha256: "" } }, "batch.model.sha256 must be the SHA-256"],
])("refuses %s", (_, more, message) => {
    expect(() => new BatchScoring("wrong", { ...batch, ...more })).toThrow(message);
});
