import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";
import { bootstrap } from "../../bootstrap/bootstrap";
import { readBootstrapSettings } from "../../bootstrap/settings";
import { scoring } from "../../stacks/team/endpoints";
import { teamEnvironment } from "../../stacks/team/environment";
import { readOrders } from "../../stacks/team/order";
import { batchSection, endpointsSection } from "../../stacks/team/scoring-order";
import { tiers } from "../../stacks/tiers";
import { good } from "../bootstrap/good";
import { seen, value, type Seen } from "../mocks";
import { buildApps, digest, everything } from "../stacks/built-apps";
import { buildFoundation } from "../stacks/built-foundation";
import { goodContract, workspace } from "../stacks/good-contract";
import { dev, groups, prod } from "../stacks/good-settings";
import { scoringPlace } from "../stacks/team/scoring-place";
import { goodOrder } from "../stacks/wrong-orders";

/** A stack with what it holds, components left out. */
export interface Stack {
    name: string;
    resources: readonly Seen[];
}

const gpuPools = {
    "mlplatform:gpuPools":
        '[{"prefix":"t4","vmSize":"Standard_NC4as_T4_v3","use":"training","driver":"Install","minCount":0,"maxCount":2}]',
};
const operators = { "mlplatform-bootstrap:operatorAddresses": '["203.0.113.7"]' };
const runner = { "mlplatform:runner": '{"kind":"azureDevOps"}' };

/** Every kind of stack, with what it can hold. */
export async function builtStacks(): Promise<Stack[]> {
    const made: [string, () => Promise<unknown>][] = [
        ["bootstrap", () => value(pulumi.output(bootstrap(readBootstrapSettings({ ...good, ...operators }))))],
        ["dev", () => buildFoundation({ ...dev, ...runner, ...gpuPools, "mlplatform:groups": JSON.stringify(groups) })],
        [
            "staging",
            () =>
                buildFoundation({
                    ...prod,
                    ...gpuPools,
                    "mlplatform:environment": "staging",
                    "mlplatform:addressSpace": "10.21.0.0/18",
                }),
        ],
        ["prod", () => buildFoundation({ ...prod, ...runner, ...gpuPools })],
        ["dev-services", () => buildApps(everything)],
        ["dev-vision", vision],
    ];
    const stacks: Stack[] = [];
    for (const [name, make] of made) {
        seen.length = 0;
        await make();
        await settled();
        const resources = seen.filter(({ type }) => !/^(mlplatform|pulumi):/.test(type));
        stacks.push({ name, resources: structuredClone(resources) });
    }
    return stacks;
}

/** Registrations go on after the outputs are known: waits until no more come. */
async function settled(): Promise<void> {
    for (let before = -1; before !== seen.length;) {
        before = seen.length;
        await new Promise((done) => setTimeout(done, 50));
    }
}

async function vision(): Promise<void> {
    const faults: string[] = [];
    const [order] = readOrders("teams/vision.yaml", stringify(goodOrder), faults);
    const scorer = {
        image: { repository: "mlplatform/scorer", digest, sizeGib: 2 },
        model: { path: "detector/3.onnx", sha256: "b".repeat(64), sizeBytes: 170_000_000 },
        ...{ gpus: 1, cpu: 3, memoryGib: 12 },
    };
    const detector = { ...scorer, pool: "t4", scaling: { replicas: 1 } };
    const nightly = { ...scorer, pool: "t4spot", shards: 20, parallelism: 2, input: "frames/in", output: "frames/out" };
    const endpoints = endpointsSection("endpoints", { detector }, faults);
    const batch = batchSection("batch", { nightly }, faults);
    if (!order || !endpoints || !batch) throw new Error(faults.join());
    const machineLearning = { ...goodContract.machineLearning, teams: { vision: workspace("own") } };
    const foundation = { contractVersion: 1, ...goodContract, machineLearning };
    const outputs = teamEnvironment(
        order,
        { rolePropagationSeconds: 0, tier: tiers.dev, teardown: false },
        { foundation, cluster: new Provider("cluster", { kubeconfig: "{}" }), today: new Date("2026-11-25") },
    );
    await Promise.all(Object.values(outputs).map((one) => value(one)));
    const scored = scoring({ endpoints, batch }, scoringPlace, {});
    await Promise.all(
        [...Object.values(scored.endpoints), ...Object.values(scored.predictions)].map((one) => value(one)),
    );
}
