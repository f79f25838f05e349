import {
    notebookFaults,
    notebookOpenings,
    Notebooks,
    type NotebooksArgs,
} from "../../../components/workloads/notebooks";
import { seen, value } from "../../mocks";

const image = (name: string): `acr.azurecr.io/${string}@sha256:${string}` =>
    `acr.azurecr.io/${name}@sha256:${"b".repeat(64)}`;
const id = (digit: string): string => `${digit.repeat(8)}-1111-4111-8111-111111111111`;
const args: NotebooksArgs = {
    ...{ namespace: "platform-notebooks", tenantId: id("1"), storageClassName: "platform-disks" },
    chart: { name: "oci://acr.azurecr.io/mirror/charts/jupyterhub", version: "4.4.0" },
    hubImages: { hub: image("hub"), proxy: image("proxy"), pause: image("pause") },
    ...{ host: "notebooks.example.com", clientId: id("2"), groups: [id("3")], core: { pool: "work" } },
    images: [
        { name: "torch", title: "PyTorch 2.9", image: image("torch") },
        { name: "tabular", title: "Tables", image: image("tabular") },
    ],
    sizes: [
        { name: "small", title: "2 cores", pool: "work", cores: 2, memoryGib: 8 },
        { name: "t4", title: "1 T4", pool: "t4", gpus: 1, cores: 3, memoryGib: 24 },
    ],
    placeholders: 1,
};

/** What the chart is told, as far as these tests look at it. */
interface Values {
    hub: { config: Record<string, object>; extraConfig: Record<string, string>; db: object };
    proxy: object;
    singleuser: { profileList: { slug: string; kubespawner_override: object }[]; cloudMetadata: object };
    scheduling: object;
    cull: object;
}

async function values(more: Partial<NotebooksArgs> = {}): Promise<Values> {
    await value(new Notebooks("notebooks", { ...args, ...more }).url);
    return seen.find(({ type }) => type === "kubernetes:helm.sh/v3:Release")?.inputs.values as Values;
}

test("a profile for each image on each size, GPUs by their own toleration", async () => {
    const { profileList } = (await values()).singleuser;
    expect(profileList.map(({ slug }) => slug)).toEqual(["torch-small", "torch-t4", "tabular-small", "tabular-t4"]);
    expect(profileList[1]?.kubespawner_override).toEqual({
        image: image("torch"),
        ...{ cpu_guarantee: 3, mem_guarantee: "24G", mem_limit: "24G" },
        extra_resource_limits: { "nvidia.com/gpu": "1" },
        extra_resource_guarantees: { "nvidia.com/gpu": "1" },
        node_selector: { "mlplatform/pool": "t4", accelerator: "nvidia" },
        tolerations: [{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }],
    });
    expect(JSON.stringify(profileList[0])).not.toContain("nvidia");
});

test("people sign in with Entra ID, and there is no client secret anywhere", async () => {
    const { hub } = await values();
    expect(hub.config.AzureAdOAuthenticator).toMatchObject({
        ...{ tenant_id: id("1"), client_id: id("2"), username_claim: "oid", allowed_groups: [id("3")] },
        oauth_callback_url: "https://notebooks.example.com/hub/oauth_callback",
    });
    expect(hub.extraConfig["10-sign-in"]).toContain("AZURE_FEDERATED_TOKEN_FILE");
    expect(JSON.stringify(hub.config)).not.toMatch(/secret"/i);
});

test("homes and the hub's database lie on disks under our key; nothing privileged runs", async () => {
    const all = await values();
    expect(all.hub.db).toMatchObject({ type: "sqlite-pvc", pvc: { storageClassName: "platform-disks" } });
    expect(all.singleuser).toMatchObject({
        cloudMetadata: { blockWithIptables: false },
        storage: { capacity: "20Gi", dynamic: { storageClass: "platform-disks" } },
    });
    expect(JSON.stringify(all)).not.toMatch(/"privileged":true|"allowPrivilegeEscalation":true/);
});

test("idle notebooks stop, and places are kept by pods that anything else drives out", async () => {
    expect(await values({ idleMinutes: 30 })).toMatchObject({
        cull: { enabled: true, timeout: 1800 },
        scheduling: {
            podPriority: { enabled: true, userPlaceholderPriority: -10 },
            userPlaceholder: { enabled: true, replicas: 1 },
        },
    });
});

test("notebooks reach the hub and the platform's services, and nothing else", () => {
    const out = notebookOpenings("10.20.1.0/24", "platform-gateway").filter(
        ({ pods, to }) => pods?.component === "singleuser-server" && to,
    );
    expect(out.flatMap(({ to }) => to)).toEqual([
        { podSelector: { matchLabels: { app: "jupyterhub", component: "hub" } } },
        { ipBlock: { cidr: "10.20.1.0/24" } },
    ]);
});

test("names every argument that breaks a rule", () => {
    expect(
        notebookFaults("", {
            ...args,
            ...{ host: "Notebooks", clientId: "app", groups: [], adminGroups: ["us"], core: { pool: "" } },
            images: [{ name: "Torch", title: "", image: "torch:latest" as ReturnType<typeof image> }],
            sizes: [{ name: "t4", title: "T4", pool: "t4", taints: ["x"], gpus: 9, cores: 0, memoryGib: 0.5 }],
            ...{ homeGib: 0, idleMinutes: 5, placeholders: 21 },
        }),
    ).toEqual([
        'host must be a full host name in small letters, got "Notebooks"',
        'clientId must be a GUID, got "app"',
        "groups must hold at least 1, got 0: nobody could sign in",
        'adminGroups[0] must be a GUID, got "us"',
        'images[0].name must be 1 to 20 of a-z, 0-9 and inner hyphens, got "Torch"',
        'images[0].title must be 1 to 80 characters, got ""',
        expect.stringMatching(/^images\[0\].image must be HOST/),
        expect.stringMatching(/^sizes\[0\].taints\[0\] must be KEY=VALUE:EFFECT/),
        "sizes[0].gpus must be a whole number from 1 to 8, got 9",
        "sizes[0].cores must be a whole number from 1 to 96, got 0",
        "sizes[0].memoryGib must be a whole number from 1 to 1900, got 0.5",
        expect.stringMatching(/^core.pool must be the prefix of a pool/),
        "homeGib must be a whole number from 1 to 1024, got 0",
        "idleMinutes must be a whole number from 10 to 1440, got 5",
        "placeholders must be a whole number from 0 to 20, got 21",
        expect.stringMatching(/^placeholders must be 0 while the first size has GPUs/),
    ]);
});
