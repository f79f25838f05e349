import { Provider } from "@pulumi/kubernetes/provider";
import { stringify } from "yaml";
import { accessRows, principals, type AccessRow } from "../../../facts/access-table";
import { roleDefinitions } from "../../../facts/role-definitions";
import { teamEnvironment } from "../../../stacks/team/environment";
import { readOrders, type TeamOrder } from "../../../stacks/team/order";
import { tiers } from "../../../stacks/tiers";
import { all, only, seen, value } from "../../mocks";
import { goodContract, workspace } from "../good-contract";
import { goodOrder } from "../wrong-orders";

const ownWorkspace = { ...goodContract.machineLearning, teams: { vision: workspace("own") } };
const foundation = { contractVersion: 1, ...goodContract, machineLearning: ownWorkspace };
const services = {
    ...{ servicesContractVersion: 1, environment: "dev", trainingQueue: "training" },
    gateway: { namespace: "platform-gateway", name: "platform", domain: "ml.example.com" },
    ...{ storageClass: "own-key", snapshotClass: "own-key" },
};

async function built(
    change: object = {},
    shared?: typeof services,
    { tier = tiers.dev, teardown = false } = {},
): Promise<Record<string, unknown>> {
    const faults: string[] = [];
    const [order]: TeamOrder[] = readOrders(
        "teams/vision.yaml",
        stringify({ ...goodOrder, containers: ["frames", "labels"], ...change }),
        faults,
    );
    if (order === undefined) throw new Error(faults.join());
    const outputs = teamEnvironment(
        order,
        { rolePropagationSeconds: 0, tier, teardown },
        {
            ...{ foundation, cluster: new Provider("cluster", { kubeconfig: "{}" }), today: new Date("2026-11-25") },
            ...(shared && { services: shared }),
        },
    );
    const told = await Promise.all(Object.entries(outputs).map(async ([name, one]) => [name, await value(one)]));
    await new Promise((done) => setTimeout(done, 50));
    return Object.fromEntries(told) as Record<string, unknown>;
}

test("tells a team where it is, as whom its pods sign in, where its data is and until when", async () => {
    expect(await built()).toEqual({
        ...{ team: "vision", namespace: "team-vision", serviceAccount: "team", expires: "2027-06-30" },
        ...{ identityClientId: "vision-pods-client", containers: ["vision-frames", "vision-labels"] },
        ...{ images: "crmlpdev1.azurecr.io/vision", trackingUri: "azureml://w" },
    });
});

test("every role is a row of the access table, and every row of a team's is given", async () => {
    await built();
    const given = all("authorization:RoleAssignment").map(({ name, inputs }) => {
        const [row, described] =
            Object.entries<AccessRow>(accessRows).find(([, { why }]) => why === inputs.description) ?? [];
        if (row === undefined || described === undefined) throw new Error(`${name} is in no row`);
        expect(String(inputs.roleDefinitionId).split("/").pop()).toBe(roleDefinitions[described.role]);
        expect(inputs.principalType).toBe(principals[described.principal].type);
        return row;
    });
    const due = Object.entries<AccessRow>(accessRows).filter(([, { by }]) => by === "team");
    expect([...new Set(given)].sort()).toEqual(due.map(([row]) => row).sort());
    // On each container for itself, on the cluster once, on the models, and on the workspace with its account.
    expect(given).toHaveLength(3 * 2 + 2 + 1 + 3 * 2);
});

test("data of a team is opened container by container, never the account", async () => {
    await built();
    const models = `${goodContract.storage.records.id}/blobServices/default/containers/models`;
    const scopes = all("authorization:RoleAssignment").map(({ inputs }) => String(inputs.scope));
    expect(new Set(scopes)).toEqual(
        new Set([
            ...["/id/vision-vision-frames", "/id/vision-vision-labels", goodContract.cluster.id, models],
            ...["/w", "/w-account"],
        ]),
    );
});

test("pods sign in by the service account of the team's namespace and by no other", async () => {
    await built();
    expect(only("managedidentity:FederatedIdentityCredential").inputs).toMatchObject({
        ...{ issuer: goodContract.cluster.oidcIssuerUrl, subject: "system:serviceaccount:team-vision:team" },
    });
    expect(only("managedidentity:UserAssignedIdentity").inputs).toMatchObject({
        resourceName: "id-mlp-dev-sdc-team-vision",
        tags: { team: "vision", owner: "lead@example.com", "cost-centre": "CV-1" },
    });
});

test("the budget tells the lead, and at the hard cap those who can freeze the team", async () => {
    await built();
    expect(only("consumption:Budget").inputs).toMatchObject({
        ...{ budgetName: "budget-mlp-dev-sdc-team-vision", amount: 400 },
        notifications: { hardCap: { threshold: 120, contactEmails: ["lead@example.com"], contactGroups: ["/c"] } },
    });
});

test("jobs wait in the cluster's queue once there is one", async () => {
    await built();
    expect(seen.filter(({ inputs }) => inputs.kind === "LocalQueue")).toEqual([]);
    await built({}, services);
    expect(seen.filter(({ inputs }) => inputs.kind === "LocalQueue").map(({ inputs }) => inputs.spec)).toEqual([
        { clusterQueue: "training" },
    ]);
});

test("in prod its data is protected, until a teardown lifts that", async () => {
    const protectedOnes = (): boolean[] => all("storage:BlobContainer").map(({ options }) => options.protect);
    await built({}, undefined, { tier: tiers.prod });
    expect(protectedOnes()).toEqual([true, true]);
    seen.length = 0;
    await built({}, undefined, { tier: tiers.prod, teardown: true });
    expect(protectedOnes()).toEqual([false, false]);
});

test.each([
    ["shared", "azureml://w", ["/w", "/w-account"]],
    ["own", "azureml://own", ["/own", "/own-account"]],
    ["none", undefined, []],
])("runs are tracked in the workspace that is ordered: %s", async (ordered, trackingUri, scopes) => {
    const told = await built({ workspace: ordered });
    expect(told.trackingUri).toBe(trackingUri);
    const given = all("authorization:RoleAssignment").map(({ inputs }) => String(inputs.scope));
    const known = ["/w", "/w-account", "/own", "/own-account"];
    expect([...new Set(given.filter((scope) => known.includes(scope)))].sort()).toEqual(scopes);
});
