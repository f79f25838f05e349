import {
    Labelling,
    labellingFaults,
    labellingOpenings,
    type LabellingArgs,
} from "../../../components/workloads/labelling";
import { seen, value } from "../../mocks";

const image = (name: string): `acr.azurecr.io/${string}@sha256:${string}` =>
    `acr.azurecr.io/${name}@sha256:${"c".repeat(64)}`;
const id = "22222222-1111-4111-8111-111111111111";
const args: LabellingArgs = {
    ...{ namespace: "platform-labelling", tenantId: id, storageClassName: "platform-disks" },
    ...{ labelStudioImage: image("ls"), postgresqlImage: image("pg"), proxyImage: image("proxy") },
    ...{ host: "labelling.example.com", clientId: id, groups: [id], nodes: { pool: "work" } },
    ...{ containers: ["images"], proxyAccountName: "proxy", blobEndpoint: "https://st.blob.core.windows.net/" },
};

interface Container {
    name: string;
    args?: string[];
    env?: { name: string; value: string }[];
    volumeMounts?: { name: string; mountPath: string; subPath?: string }[];
}
interface Spec {
    spec: {
        template: {
            metadata: { labels: object };
            spec: { serviceAccountName?: string; initContainers: Container[]; containers: Container[] };
        };
        volumeClaimTemplates: object[];
    };
}

async function installed(): Promise<{ studio: Spec; proxy: Spec }> {
    await value(new Labelling("labelling", args).url);
    const of = (kind: string): Spec =>
        seen.find(({ type }) => type === `kubernetes:apps/v1:${kind}`)?.inputs as unknown as Spec;
    return { studio: of("StatefulSet"), proxy: of("Deployment") };
}

test("the database listens on no network, so there is no password anywhere", async () => {
    const { studio } = await installed();
    const [database] = studio.spec.template.spec.initContainers;
    expect(database).toMatchObject({ restartPolicy: "Always", args: ["-c", "listen_addresses="] });
    const socket = { name: "socket", mountPath: "/var/run/postgresql" };
    expect(database?.volumeMounts).toContainEqual(socket);
    expect(studio.spec.template.spec.containers[0]?.volumeMounts).toContainEqual(socket);
    expect(studio.spec.template.spec.containers[0]?.env).toContainEqual({
        name: "POSTGRE_HOST",
        value: socket.mountPath,
    });
    expect(seen.some(({ type }) => type === "kubernetes:core/v1:Secret")).toBe(false);
});

test("database and files lie on one disk under our key, which outlives the workload", async () => {
    const { studio } = await installed();
    expect(studio.spec).toMatchObject({
        volumeClaimTemplates: [{ metadata: { name: "data" }, spec: { storageClassName: "platform-disks" } }],
        persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
    });
});

test("the proxy alone has an identity; Label Studio knows of no storage", async () => {
    const { studio, proxy } = await installed();
    expect(proxy.spec.template).toMatchObject({
        metadata: { labels: { "azure.workload.identity/use": "true" } },
        spec: { serviceAccountName: "proxy" },
    });
    expect(studio.spec.template.spec.serviceAccountName).toBeUndefined();
    expect(JSON.stringify(studio)).not.toMatch(/blob|workload.identity/);
});

test("Label Studio is reached by the proxy and reaches nothing", () => {
    const of = labellingOpenings("10.20.1.0/24", "platform-gateway").filter(({ pods }) => pods?.app === "label-studio");
    expect(of).toEqual([
        {
            ...{ name: "label-studio-from-proxy", pods: { app: "label-studio" }, ports: [8080] },
            from: [{ podSelector: { matchLabels: { app: "labelling-proxy" } } }],
        },
    ]);
});

test("names every argument that breaks a rule", () => {
    expect(
        labellingFaults("", {
            ...{ host: "", clientId: "", groups: ["us"], proxyImage: "proxy" as LabellingArgs["proxyImage"] },
            ...{ nodes: { pool: "9" }, containers: [], diskGib: 4 },
        }),
    ).toEqual([
        'host must be a full host name in small letters, got ""',
        'clientId must be a GUID, got ""',
        'groups[0] must be a GUID, got "us"',
        expect.stringMatching(/^proxyImage must be HOST/),
        expect.stringMatching(/^nodes.pool must be/),
        "containers must hold at least 1, got 0: nothing could be labelled",
        "diskGib must be a whole number from 8 to 4096, got 4",
    ]);
});
