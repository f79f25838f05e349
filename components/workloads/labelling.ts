import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import { StatefulSet } from "@pulumi/kubernetes/apps/v1/statefulSet";
import { Service } from "@pulumi/kubernetes/core/v1/service";
import type { core } from "@pulumi/kubernetes/types/input";
import * as pulumi from "@pulumi/pulumi";
import { shown } from "../options";
import { refuse } from "../refuse";
import { wholeNumberFault } from "../units";
import { hardenedContainer, hardenedPod } from "./hardened-pod";
import { inBlock, inNamespace, type Opening } from "./network-policies";
import { nodePlaceFaults, placement, type NodePlace } from "./node-place";
import { imageFaults, type PinnedImage } from "./pinned-image";
import { signInFaults, toEntra, type AppSignIn } from "./sign-in";
import { workloadIdentityLabel } from "./workload-identity";

/** What annotators get, and who they are. */
export interface LabellingChoice extends AppSignIn {
    /** Ours, by digest; what it must do is in docs/own-images.md. */
    proxyImage: PinnedImage;
    /** Where it runs. */
    nodes: NodePlace;
    /** Containers of the work account whose pictures are labelled, read only. */
    containers: readonly string[];
    /** Size of the disk with the database and what is uploaded, 8 to 4096 GiB. It can grow later, and never shrink. @default 32 */
    diskGib?: number;
}

/** Arguments of {@link Labelling}. */
export interface LabellingArgs extends LabellingChoice {
    /** Namespace under Pod Security `restricted`, closed but for {@link labellingOpenings}. */
    namespace: pulumi.Input<string>;
    tenantId: string;
    labelStudioImage: PinnedImage;
    postgresqlImage: PinnedImage;
    /** Disks under our key. */
    storageClassName: pulumi.Input<string>;
    /** Account of the proxy alone: it may read those containers. */
    proxyAccountName: pulumi.Input<string>;
    /** Where blobs of the work account are read, e.g. `https://st….blob.core.windows.net/`. */
    blobEndpoint: string;
}

/**
 * Label Studio for the people of some Entra groups. Everyone comes through a proxy of ours, which signs them in and serves the
 * pictures by its own identity: Label Studio reaches neither the storage nor anything else, and holds no credential of it.
 *
 * Its PostgreSQL runs in the same pod and listens on a socket that the two share, on no network: so there is no password to
 * keep, to rotate or to leak. Database and files lie on one disk under our key, so that one snapshot holds both as they were at
 * one moment.
 * @see https://labelstud.io/guide/install
 * @throws pulumi.ResourceError naming every argument that breaks a rule.
 */
export class Labelling extends pulumi.ComponentResource {
    /** Where people go. Resolves once they can be served. */
    readonly url: pulumi.Output<string>;
    /** Service that a route leads to, on port 8080. */
    readonly serviceName: pulumi.Output<string>;

    constructor(name: string, args: LabellingArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:workloads:Labelling", name, shown(args), opts);
        refuse(this, labellingFaults("", args));
        const { namespace } = args;
        const service = (app: typeof studio | typeof proxy, clusterIP?: "None"): Service =>
            new Service(
                `${name}-${app.app}`,
                {
                    metadata: { name: app.app, namespace },
                    spec: {
                        ...{ selector: app, ports: [{ name: "http", port: 8080, targetPort: "http" }] },
                        ...(clusterIP && { clusterIP }),
                    },
                },
                { parent: this },
            );
        // Of a stateful set, which gives its one pod a name there.
        service(studio, "None");
        const backend = new StatefulSet(
            name,
            {
                metadata: { name: studio.app, namespace, labels: studio },
                spec: {
                    ...{ serviceName: studio.app, replicas: 1, selector: { matchLabels: studio } },
                    template: { metadata: { labels: studio }, spec: studioPod(args) },
                    volumeClaimTemplates: [
                        {
                            metadata: { name: "data" },
                            spec: {
                                ...{ accessModes: ["ReadWriteOnce"], storageClassName: args.storageClassName },
                                resources: { requests: { storage: `${args.diskGib ?? 32}Gi` } },
                            },
                        },
                    ],
                    persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
                },
            },
            { parent: this },
        );
        const front = new Deployment(
            `${name}-proxy`,
            {
                metadata: { name: proxy.app, namespace, labels: proxy },
                spec: {
                    ...{ replicas: 1, selector: { matchLabels: proxy } },
                    strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
                    template: { metadata: { labels: { ...proxy, ...workloadIdentityLabel } }, spec: proxyPod(args) },
                },
            },
            { parent: this },
        );
        const way = service(proxy);
        this.url = pulumi.all([backend.id, front.id, way.id]).apply(() => `https://${args.host}/`);
        this.serviceName = way.metadata.name;
        this.registerOutputs({ url: this.url });
    }
}

/** What is wrong with the choice; empty when nothing is. */
export function labellingFaults(field: string, { diskGib = 32, ...choice }: LabellingChoice): string[] {
    const { containers, nodes, proxyImage } = choice;
    return [
        ...signInFaults(field, choice),
        ...imageFaults(`${field}proxyImage`, proxyImage),
        ...nodePlaceFaults(`${field}nodes`, nodes),
        containers.length === 0
            ? `${field}containers must hold at least 1, got 0: nothing could be labelled`
            : undefined,
        wholeNumberFault(`${field}diskGib`, diskGib, 8, 4096),
    ].filter((fault) => fault !== undefined);
}

const studio = { app: "label-studio" } as const;
const proxy = { app: "labelling-proxy" } as const;

const room = (memory: string, cpu: string, disk: string): core.v1.ResourceRequirements => ({
    requests: { cpu, memory, "ephemeral-storage": disk },
    limits: { memory, "ephemeral-storage": disk },
});

/** Users of the publishers' images. */
const users = { postgresql: 999, labelStudio: 1001 };
const folder = (name: string, mountPath: string): core.v1.VolumeMount => ({ name, mountPath });
const socketFolder = "/var/run/postgresql";
const socket = folder("socket", socketFolder);

function studioPod({ labelStudioImage, postgresqlImage, host, nodes }: LabellingArgs): core.v1.PodSpec {
    const health = { httpGet: { path: "/health", port: "http" } };
    return {
        ...hardenedPod,
        ...placement(nodes),
        securityContext: { ...hardenedPod.securityContext, runAsUser: users.labelStudio },
        terminationGracePeriodSeconds: 120,
        initContainers: [
            {
                ...{ name: "postgresql", image: postgresqlImage, args: ["-c", "listen_addresses="] },
                // Beside the other one from its start to its end.
                restartPolicy: "Always",
                env: [
                    { name: "PGDATA", value: "/var/lib/postgresql/data/pgdata" },
                    ...[
                        { name: "POSTGRES_DB", value: "labelstudio" },
                        { name: "POSTGRES_USER", value: "labelstudio" },
                    ],
                    // Whoever reaches the socket is in this pod.
                    { name: "POSTGRES_HOST_AUTH_METHOD", value: "trust" },
                ],
                securityContext: { ...hardenedContainer, runAsUser: users.postgresql, runAsGroup: users.postgresql },
                resources: room("1Gi", "250m", "1Gi"),
                startupProbe: { exec: { command: ready }, periodSeconds: 5, failureThreshold: 60 },
                volumeMounts: [
                    { ...folder("data", "/var/lib/postgresql/data"), subPath: "database" },
                    ...[socket, folder("tmp", "/tmp")],
                ],
            },
        ],
        containers: [
            {
                ...{ name: "label-studio", image: labelStudioImage },
                env: Object.entries({
                    ...{ DJANGO_DB: "default", POSTGRE_NAME: "labelstudio", POSTGRE_USER: "labelstudio" },
                    ...{ POSTGRE_PASSWORD: "", POSTGRE_HOST: socketFolder, POSTGRE_PORT: "5432" },
                    ...{ LABEL_STUDIO_HOST: `https://${host}`, CSRF_TRUSTED_ORIGINS: `https://${host}` },
                    LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK: "true",
                    ...{ LABEL_STUDIO_LOCAL_FILES_SERVING_ENABLED: "false", SSRF_PROTECTION_ENABLED: "true" },
                    // It reaches no one who would want to know.
                    ...{ COLLECT_ANALYTICS: "false", LATEST_VERSION_CHECK: "false", FRONTEND_SENTRY_DSN: "" },
                }).map(([key, value]) => ({ name: key, value })),
                ports: [{ name: "http", containerPort: 8080 }],
                // Its start writes configuration beside its code.
                securityContext: { ...hardenedContainer, readOnlyRootFilesystem: false },
                resources: room("2Gi", "500m", "6Gi"),
                startupProbe: { ...health, periodSeconds: 10, failureThreshold: 60 },
                readinessProbe: { ...health, periodSeconds: 10, timeoutSeconds: 5 },
                // Slow is not dead: whoever listens is not started again.
                livenessProbe: { tcpSocket: { port: "http" }, periodSeconds: 20, failureThreshold: 6 },
                volumeMounts: [
                    { ...folder("data", "/label-studio/data"), subPath: "files" },
                    ...[socket, folder("tmp", "/tmp")],
                ],
            },
        ],
        volumes: [
            { name: "socket", emptyDir: { medium: "Memory", sizeLimit: "16Mi" } },
            { name: "tmp", emptyDir: { sizeLimit: "4Gi" } },
        ],
    };
}

const ready = ["pg_isready", "--username=labelstudio", "--dbname=labelstudio"];

function proxyPod({ tenantId, ...args }: LabellingArgs): core.v1.PodSpec {
    return {
        ...hardenedPod,
        ...placement(args.nodes),
        serviceAccountName: args.proxyAccountName,
        terminationGracePeriodSeconds: 60,
        containers: [
            {
                ...{ name: "proxy", image: args.proxyImage },
                env: Object.entries({
                    ...{ PUBLIC_URL: `https://${args.host}`, UPSTREAM_URL: `http://${studio.app}:8080` },
                    ...{ SIGN_IN_TENANT_ID: tenantId, SIGN_IN_CLIENT_ID: args.clientId },
                    SIGN_IN_GROUPS: args.groups.join(","),
                    ...{ BLOB_ENDPOINT: args.blobEndpoint, BLOB_CONTAINERS: args.containers.join(",") },
                }).map(([key, value]) => ({ name: key, value })),
                ports: [{ name: "http", containerPort: 8080 }],
                securityContext: hardenedContainer,
                resources: room("256Mi", "100m", "256Mi"),
                readinessProbe: { httpGet: { path: "/healthz", port: "http" }, periodSeconds: 5, timeoutSeconds: 3 },
                livenessProbe: { tcpSocket: { port: "http" }, periodSeconds: 10, failureThreshold: 6 },
                // The gateway hears of its end before it stops to answer.
                lifecycle: { preStop: { sleep: { seconds: 10 } } },
            },
        ],
    };
}

/**
 * Ways that the parts need, and no others: Label Studio is reached by the proxy and reaches nothing.
 * @param privateEndpoints Block of the subnet in which the platform's services have their addresses.
 * @param gatewayNamespace Where requests come from.
 */
export function labellingOpenings(privateEndpoints: string, gatewayNamespace: string): Opening[] {
    const own = (pods: Record<string, string>): object => ({ podSelector: { matchLabels: pods } });
    return [
        { name: "gateway-to-proxy", pods: proxy, from: [inNamespace(gatewayNamespace)], ports: [8080] },
        { name: "proxy-to-label-studio", pods: proxy, to: [own(studio)], ports: [8080] },
        { name: "label-studio-from-proxy", pods: studio, from: [own(proxy)], ports: [8080] },
        { name: "proxy-to-storage", pods: proxy, to: [inBlock(privateEndpoints)], ports: [443] },
        toEntra("proxy-to-entra", proxy),
    ];
}
