import { Job } from "@pulumi/kubernetes/batch/v1/job";
import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { shown } from "../options";
import { refuse } from "../refuse";
import { wholeNumberFault } from "../units";
import { endpointNameFaults } from "./model-endpoint";
import { priorityClassName } from "./priority-classes";
import { roomFaults, scorerFaults, scorerPod, type Scorer, type ScorerRoom } from "./scorer-pod";
import { modelAnnotations, modelLabels } from "./served-model";

/** What a batch is. */
export interface BatchShape extends Scorer, ScorerRoom {
    /** What is scored: a folder of a container, `https://ACCOUNT.blob.core.windows.net/CONTAINER/FOLDER`. */
    input: string;
    /** Where the CSV files go: below it each order has a folder of its own. */
    output: string;
    /** Parts that the input is divided into, 1 to 10000. A part that was taken away begins at its last checkpoint. */
    shards: number;
    /** Parts at one time, 1 to 100. */
    parallelism: number;
    /** Hours after which all is given up, 1 to 168, waiting in the queue not counted. @default 24 */
    maxHours?: number;
}

/** Arguments of {@link BatchScoring}. */
export interface BatchScoringArgs extends BatchShape {
    /** 1 to 30 of a-z, 0-9 and inner hyphens. */
    batch: string;
    namespace: string;
    /** May read the model and the input, and write the output, by workload identity. */
    serviceAccountName: string;
    /** Kueue's queue in the namespace. */
    queue: string;
}

/** Exit code of a part whose input cannot be scored: to try again would end the same. */
export const unusableInputExit = 42;

/**
 * One batch of predictions: a Job with an index for each part of the input, which Kueue lets start as there are GPUs for it. On spot
 * machines parts are taken away in the middle; that counts against nobody, and they go on from what they have written.
 *
 * A Job never changes: another input, model or image is another Job, its name and its output folder ending in a hash of all that.
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy
 * @see https://kueue.sigs.k8s.io/docs/tasks/run/jobs/
 * @throws pulumi.ResourceError naming every argument that breaks a rule.
 */
export class BatchScoring extends pulumi.ComponentResource {
    readonly jobName: string;
    /** Folder of the CSV files, `part-00000.csv` and so on. */
    readonly results: pulumi.Output<string>;

    constructor(name: string, args: BatchScoringArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:workloads:BatchScoring", name, shown(args), opts);
        refuse(this, [...endpointNameFaults("batch", args.batch), ...batchFaults("batch", args)]);
        const { batch, namespace, queue } = args;
        const hash = orderHash(args);
        const results = `${args.output.replace(/\/$/, "")}/${batch}-${hash}`;
        this.jobName = `${batch}-${hash}`;
        const labels = { "app.kubernetes.io/name": batch, "app.kubernetes.io/component": "batch" };
        const job = new Job(
            `${name}-${hash}`,
            {
                metadata: {
                    ...{ name: this.jobName, namespace },
                    labels: { ...labels, "kueue.x-k8s.io/queue-name": queue },
                    // It takes hours and waits in a queue before: a deployment does not wait for it.
                    annotations: { "pulumi.com/skipAwait": "true" },
                },
                spec: jobSpec(args, labels, results),
            },
            // Kueue's to change: it lets the job go, and halts it for those who come first.
            { parent: this, ignoreChanges: ["spec.suspend"] },
        );
        this.results = job.id.apply(() => results);
        this.registerOutputs({ jobName: this.jobName, results: this.results });
    }
}

const folder = /^https:\/\/[a-z0-9]{3,24}\.blob\.core\.windows\.net\/[a-z0-9][a-z0-9-]{1,61}[a-z0-9](?:\/[^\s?#]+)?$/;

/** What is wrong with a batch, whatever the pools are; empty when nothing is. */
export function batchFaults(field: string, shape: BatchShape): string[] {
    const { shards, parallelism, maxHours = defaultMaxHours } = shape;
    return [
        ...scorerFaults(field, shape),
        ...roomFaults(field, shape),
        ...(["input", "output"] as const).map((key) =>
            folder.test(shape[key])
                ? undefined
                : `${field}.${key} must be https://ACCOUNT.blob.core.windows.net/CONTAINER/FOLDER without a query, got "${shape[key]}"`,
        ),
        wholeNumberFault(`${field}.shards`, shards, 1, 10000),
        wholeNumberFault(`${field}.parallelism`, parallelism, 1, Math.min(100, Math.max(shards, 1))),
        wholeNumberFault(`${field}.maxHours`, maxHours, 1, 168),
    ].filter((fault) => fault !== undefined);
}

const defaultMaxHours = 24;

/** Follows from everything that decides what comes out, and how. */
function orderHash(order: BatchScoringArgs): string {
    const sorted = Object.fromEntries(Object.entries(order).sort(([a], [b]) => (a < b ? -1 : 1)));
    return createHash("sha256").update(JSON.stringify(sorted)).digest("hex").slice(0, 8);
}

function jobSpec(args: BatchScoringArgs, labels: Readonly<Record<string, string>>, results: string) {
    const { shards, parallelism, maxHours = defaultMaxHours, serviceAccountName } = args;
    return {
        ...{ completionMode: "Indexed", completions: shards, parallelism, suspend: true },
        activeDeadlineSeconds: maxHours * 3600,
        // Of each part: one that fails three times does not stop the others.
        ...{ backoffLimitPerIndex: 3, maxFailedIndexes: Math.ceil(shards / 10), podReplacementPolicy: "Failed" },
        podFailurePolicy: {
            rules: [
                // A spot machine that was taken away, a node that was drained, or preemption: nobody's failure.
                { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] },
                {
                    action: "FailIndex",
                    onExitCodes: { containerName: "scorer", operator: "In", values: [unusableInputExit] },
                },
            ],
        },
        template: {
            metadata: {
                labels: { ...labels, ...modelLabels(args.model), "azure.workload.identity/use": "true" },
                annotations: modelAnnotations(args.model),
            },
            spec: {
                ...scorerPod({
                    ...{ scorer: args, room: args, spot: true, serviceAccountName },
                    priorityClassName: priorityClassName("training"),
                    // Less than the notice that a spot machine gets: time to write the last checkpoint.
                    graceSeconds: 25,
                    env: [
                        { name: "INPUT_URI", value: args.input },
                        { name: "OUTPUT_URI", value: results },
                        { name: "SHARDS", value: String(shards) },
                    ],
                    container: { args: ["batch"] },
                }),
                restartPolicy: "Never",
            },
        },
    };
}
