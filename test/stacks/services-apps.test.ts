import { all, seen } from "../mocks";
import { buildApps, digest, everything, gpu, own, pools } from "./built-apps";
import { goodContract } from "./good-contract";

jest.setTimeout(60_000);

const namespaces = (): unknown[] =>
    all("kubernetes:core/v1:Namespace")
        .map(({ inputs }) => (inputs.metadata as { name: string }).name)
        .filter((name) => /agents|notebooks|labelling|backup/.test(name));

test("nothing of it is there unless config names it", async () => {
    await buildApps({});
    expect(namespaces()).toEqual([]);
});

test("each has a namespace of its own, under Pod Security and closed; disks are backed up", async () => {
    await buildApps(everything);
    expect(namespaces().sort()).toEqual(
        ["agents", "backup", "labelling", "notebooks"].map((name) => `platform-${name}`),
    );
    for (const name of ["agents", "notebooks", "labelling", "backup"]) {
        const [home] = all("kubernetes:core/v1:Namespace").filter(({ name: one }) => one === `platform-${name}`);
        expect(home?.inputs.metadata).toMatchObject({
            labels: { "pod-security.kubernetes.io/enforce": "restricted" },
        });
        expect(seen.some((one) => one.name === `platform-${name}-closed`)).toBe(true);
    }
    expect(all("kubernetes:batch/v1:CronJob")).toHaveLength(1);
});

test("agents register by one identity and KEDA reads the queue by another, neither with a role on Azure", async () => {
    await buildApps({ images: everything.images, pipelineAgents: everything.pipelineAgents });
    const credentials = all("managedidentity:FederatedIdentityCredential").map(({ inputs }) => inputs.subject);
    expect(credentials).toEqual(
        expect.arrayContaining([
            "system:serviceaccount:platform-agents:agent",
            "system:serviceaccount:platform-scaling:keda-operator",
        ]),
    );
    const given = all("authorization:RoleAssignment").map(({ inputs }) => inputs.principalId);
    expect(given).not.toContain("agents-identity-principal");
    expect(given).not.toContain("agents-scaler-identity-principal");
    expect(all("kubernetes:batch/v1:CronJob")).toHaveLength(0);
});

test("the labelling proxy may read its containers and nothing else", async () => {
    await buildApps({ images: everything.images, labelling: everything.labelling });
    const given = all("authorization:RoleAssignment").filter(
        ({ inputs }) => inputs.principalId === "labelling-identity-principal",
    );
    expect(given.map(({ inputs }) => inputs.scope)).toEqual([
        `${goodContract.storage.work.id}/blobServices/default/containers/images`,
    ]);
});

test("people come by names below the gateway's domain", async () => {
    await buildApps(everything);
    const routes = seen.filter(({ inputs }) => inputs.kind === "HTTPRoute");
    expect(routes.flatMap(({ inputs }) => (inputs.spec as { hostnames: string[] }).hostnames).sort()).toEqual([
        "labelling.ml.dev.example.com",
        "notebooks.ml.dev.example.com",
    ]);
});

const [size] = everything.notebooks.sizes;
test.each([
    [
        "agents on GPUs",
        { ...everything, pipelineAgents: { ...everything.pipelineAgents, nodePool: gpu } },
        `mlplatform:pipelineAgents.nodePool must be a pool without GPUs, got "${gpu}"`,
    ],
    [
        "a pool that there is not",
        { ...everything, labelling: { ...everything.labelling, nodePool: "none" } },
        `mlplatform:labelling.nodePool must be a pool of stack dev, one of ${pools.map(({ prefix }) => prefix).join(", ")}, got "none"`,
    ],
    [
        "GPUs of a pool that has none",
        { ...everything, notebooks: { ...everything.notebooks, sizes: [{ ...size, gpus: 1 }] } },
        "mlplatform:notebooks.sizes[0].pool must be a pool whose machines have 1 GPUs",
    ],
    [
        "more cores than there are",
        { ...everything, notebooks: { ...everything.notebooks, sizes: [{ ...size, cores: 90 }] } },
        "mlplatform:notebooks.sizes[0].pool must be a pool whose machines have more than 90 cores",
    ],
])("refuses %s before anything of it is made", async (_, config, message) => {
    await expect(buildApps(config)).rejects.toThrow(message);
    expect(namespaces()).toEqual([]);
});

test("images of ours are taken by the digest that their stack tells, a notebook's by its name or by any digest", async () => {
    const other = `vision/notebook@sha256:${"c".repeat(64)}`;
    const images = [
        { name: "ours", title: "Ours", image: "environment-vision" },
        { name: "theirs", title: "Theirs", image: other },
    ];
    await buildApps({ ...everything, notebooks: { ...everything.notebooks, images } });
    const host = goodContract.registry.loginServer;
    const text = JSON.stringify(seen.map(({ inputs }) => inputs));
    for (const name of ["pipeline-agent", "labelling-proxy", "backup", "environment-vision"])
        expect(text).toContain(`${host}/mlplatform/${name}@${digest}`);
    expect(text).toContain(`${host}/${other}`);
});

test("an image that the images stack has not built is named, with those that it has", async () => {
    const images = { backup: own("backup") };
    await expect(buildApps(everything, images)).rejects.toThrow(
        'mlplatform:pipelineAgents must be an image that stack dev-images has built, backup, got "pipeline-agent"; bring that stack up first',
    );
});
