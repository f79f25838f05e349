import { DiskBackup } from "../../../components/workloads/disk-backup";
import { Labelling } from "../../../components/workloads/labelling";
import { podSecurityLabels } from "../../../components/workloads/namespace";
import { notebookValues } from "../../../components/workloads/notebook-values";
import { PipelineAgents } from "../../../components/workloads/pipeline-agents";
import { Api } from "../../../images/backup/api";
import { unknownValues, type ReleaseView } from "../../../sandbox/kubernetes/charts/chart";
import { definitionsOf } from "../../../sandbox/kubernetes/charts/definitions";
import { jupyterhub } from "../../../sandbox/kubernetes/charts/jupyterhub";
import { seen, value } from "../../mocks";
import { customDefinitions, startTimeoutMs, useControlPlane } from "./control-plane";

jest.setTimeout(startTimeoutMs);

const cluster = useControlPlane();
const home = "platform-tools";
const id = "22222222-1111-4111-8111-111111111111";
const image = (name: string): `acr.azurecr.io/${string}@sha256:${string}` =>
    `acr.azurecr.io/${name}@sha256:${"e".repeat(64)}`;
let api: Api;

interface PodSpec {
    containers: object[];
}

const values = notebookValues({
    signIn: { host: "notebooks.example.com", tenantId: id, clientId: id, groups: [id] },
    hubImages: { hub: image("hub"), proxy: image("proxy"), pause: image("pause") },
    images: [{ name: "torch", title: "PyTorch", image: image("torch") }],
    sizes: [
        { name: "small", title: "2 cores", pool: "work", cores: 2, memoryGib: 4 },
        { name: "t4", title: "1 T4", pool: "t4", gpus: 1, cores: 2, memoryGib: 8 },
    ],
    ...{ core: { pool: "work" }, storageClassName: "platform-disks", homeGib: 20, idleMinutes: 60, placeholders: 1 },
});
const release: ReleaseView = { name: "notebooks", namespace: home, version: "4.4.0", values };

/** Nodes as the pools have them: one for all, and one with a GPU that lets nobody in unasked. */
async function addNode(name: string, pool: string, gpus?: string): Promise<void> {
    const capacity = { cpu: "16", memory: "64Gi", pods: "50", "ephemeral-storage": "100Gi" };
    const resources = gpus === undefined ? capacity : { ...capacity, "nvidia.com/gpu": gpus };
    await api.send("POST", "/api/v1/nodes", {
        metadata: { name, labels: { "mlplatform/pool": pool, ...(gpus !== undefined && { accelerator: "nvidia" }) } },
        spec: {
            ...(gpus !== undefined && { taints: [{ key: "nvidia.com/gpu", value: "present", effect: "NoSchedule" }] }),
        },
    });
    const conditions = [{ type: "Ready", status: "True", reason: "Test", message: "", lastHeartbeatTime: new Date() }];
    const status = { capacity: resources, allocatable: resources, conditions };
    await api.send("PATCH", `/api/v1/nodes/${name}/status`, { status }, "application/merge-patch+json");
}

beforeAll(async () => {
    api = new Api(cluster.config);
    await api.send("POST", "/api/v1/namespaces", { metadata: { name: home, labels: podSecurityLabels("restricted") } });
    for (const name of ["default", "agent", "proxy", "hub", "backup"])
        await api
            .send("POST", `/api/v1/namespaces/${home}/serviceaccounts`, { metadata: { name } })
            .catch((fault: unknown) => {
                if (!String(fault).includes("already exists")) throw fault;
            });
    for (const definition of definitionsOf(customDefinitions(), ["keda.sh"]))
        await api.send("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition);
    await addNode("work", "work");
    await addNode("gpu", "t4", "1");
}, startTimeoutMs);

/** Makes a pod as its controller would. */
async function pod(name: string, spec: object, metadata: object = {}): Promise<void> {
    await api.send("POST", `/api/v1/namespaces/${home}/pods`, { metadata: { ...metadata, name }, spec });
}

/** Where the scheduler has put it. */
async function nodeOf(name: string): Promise<string> {
    for (const end = Date.now() + 60_000; Date.now() < end;) {
        const { spec } = (await api.send("GET", `/api/v1/namespaces/${home}/pods/${name}`)) as {
            spec: { nodeName?: string };
        };
        if (spec.nodeName !== undefined) return spec.nodeName;
        await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error(`${name} is not scheduled within a minute`);
}

const inputsOf = (kind: string): { spec: Record<string, unknown> } => {
    const found = seen.find(({ type, inputs }) => inputs.kind === kind || type.endsWith(`:${kind}`));
    if (found === undefined) throw new Error(`no ${kind}`);
    return found.inputs as { spec: Record<string, unknown> };
};

/** A notebook's pod as KubeSpawner makes it out of a profile. */
function notebook(slug: string): object {
    const { hub, singleuser } = values as unknown as {
        hub: { config: { KubeSpawner: { container_security_context: object; pod_security_context: object } } };
        singleuser: { uid: number; profileList: { slug: string; kubespawner_override: Override }[] };
    };
    const chosen = singleuser.profileList.find((one) => one.slug === slug)?.kubespawner_override;
    if (chosen === undefined) throw new Error(`no profile ${slug}`);
    const { container_security_context: container, pod_security_context: security } = hub.config.KubeSpawner;
    const memory = `${chosen.mem_limit}i`;
    return {
        ...{ nodeSelector: chosen.node_selector, tolerations: chosen.tolerations, securityContext: security },
        automountServiceAccountToken: false,
        containers: [
            {
                ...{ name: "notebook", image: chosen.image },
                securityContext: { ...container, runAsUser: singleuser.uid },
                resources: {
                    requests: { cpu: String(chosen.cpu_guarantee), memory, ...chosen.extra_resource_guarantees },
                    limits: { memory, ...chosen.extra_resource_limits },
                },
            },
        ],
    };
}
interface Override {
    image: string;
    node_selector: object;
    tolerations: object[];
    cpu_guarantee: number;
    mem_limit: string;
    extra_resource_limits?: object;
    extra_resource_guarantees?: object;
}

test("the sandbox's table of the chart knows every value that notebooks set", () => {
    expect(unknownValues(jupyterhub.values, values)).toEqual([]);
});

test("a notebook with a GPU lands on the GPU's node by its own tolerations, one without does not", async () => {
    await pod("notebook-gpu", notebook("torch-t4"));
    await pod("notebook-small", notebook("torch-small"));
    expect(await nodeOf("notebook-gpu")).toBe("gpu");
    expect(await nodeOf("notebook-small")).toBe("work");
});

test("every pod of JupyterHub is admitted under Pod Security restricted", async () => {
    const workloads = jupyterhub.objects(release).filter(({ spec }) => isTemplate(spec));
    const names = workloads.map(({ metadata }) => String(metadata.name));
    expect(names).toEqual(expect.arrayContaining(["hub", "proxy", "user-placeholder"]));
    for (const { metadata, spec } of workloads) {
        const { priorityClassName, ...template } = (spec as Template).template.spec;
        await pod(`hub-${String(metadata.name)}`, template);
        expect([undefined, "notebooks-user-placeholder-priority"]).toContain(priorityClassName);
    }
});
interface Template {
    template: { spec: PodSpec & { priorityClassName?: string } };
}
const isTemplate = (spec: unknown): boolean => typeof spec === "object" && spec !== null && "template" in spec;

test("KEDA's definition takes the ScaledJob, and an agent comes to its pool under Pod Security restricted", async () => {
    const agents = new PipelineAgents("agents", {
        ...{ organisation: "contoso", pool: "p", image: image("agent"), nodes: { pool: "work" }, maxAgents: 2 },
        ...{ namespace: home, serviceAccountName: "agent", scalerClientId: id },
    });
    await value(agents.scaledJobName);
    for (const [kind, plural] of [
        ["TriggerAuthentication", "triggerauthentications"],
        ["ScaledJob", "scaledjobs"],
    ] as const) {
        const path = `/apis/keda.sh/v1alpha1/namespaces/${home}/${plural}`;
        await api.send("POST", `${path}?fieldValidation=Strict`, inputsOf(kind));
    }
    const { spec } = inputsOf("ScaledJob") as unknown as { spec: { jobTargetRef: object } };
    await api.send("POST", `/apis/batch/v1/namespaces/${home}/jobs`, {
        metadata: { name: "agent" },
        spec: spec.jobTargetRef,
    });
    const name = await podOf("job-name=agent");
    expect(await nodeOf(name)).toBe("work");
});

async function podOf(selector: string): Promise<string> {
    for (const end = Date.now() + 60_000; Date.now() < end;) {
        const { items } = (await api.send("GET", `/api/v1/namespaces/${home}/pods?labelSelector=${selector}`)) as {
            items: { metadata: { name: string } }[];
        };
        if (items[0]) return items[0].metadata.name;
        await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error(`no pod of ${selector} within a minute`);
}

test("labelling, its proxy and the backup are admitted under Pod Security restricted", async () => {
    const labelling = new Labelling("labelling", {
        ...{ namespace: home, tenantId: id, storageClassName: "platform-disks", nodes: { pool: "work" } },
        ...{ labelStudioImage: image("ls"), postgresqlImage: image("pg"), proxyImage: image("proxy") },
        ...{ host: "labelling.example.com", clientId: id, groups: [id], containers: ["images"] },
        ...{ proxyAccountName: "proxy", blobEndpoint: "https://st.blob.core.windows.net/" },
    });
    const backup = new DiskBackup("backup", {
        ...{ namespace: home, image: image("backup"), nodes: { pool: "work" }, hour: 2, keep: 2 },
        ...{ storageClassName: "platform-disks", snapshotClassName: "platform-snapshots" },
    });
    await Promise.all([value(labelling.url), value(backup.cronJobName)]);
    const strict = "?fieldValidation=Strict";
    await api.send("POST", `/apis/apps/v1/namespaces/${home}/statefulsets${strict}`, inputsOf("StatefulSet"));
    await api.send("POST", `/apis/apps/v1/namespaces/${home}/deployments${strict}`, inputsOf("Deployment"));
    await api.send("POST", `/apis/batch/v1/namespaces/${home}/cronjobs${strict}`, inputsOf("CronJob"));
    expect(await podOf("app=label-studio")).toBe("label-studio-0");
    expect(await nodeOf(await podOf("app=labelling-proxy"))).toBe("work");
    const { jobTemplate } = inputsOf("CronJob").spec as { jobTemplate: { spec: Template } };
    await pod("backup", jobTemplate.spec.template.spec);
    expect(await nodeOf("backup")).toBe("work");
});

test("what is not hardened is refused there", async () => {
    await expect(pod("open", { containers: [{ name: "c", image: image("c") }] })).rejects.toThrow(
        'violates PodSecurity "restricted:latest"',
    );
});
