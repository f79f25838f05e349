import { gunzipSync, gzipSync } from "node:zlib";
import { stringify } from "yaml";
import { isObject } from "../../azure/properties";
import type { Values } from "../../protocol/values";
import { isNotFound } from "../api-faults";
import type { Chart, ReleaseView } from "../charts/chart";
import type { KubeApi } from "./api";
import { listAt, numberAt, textAt } from "./objects";
import type { GroupVersionKind, KubeObject } from "./objects";

/** Helm's manager of fields. */
export const helmManager = "helm";

const secretType: GroupVersionKind = { group: "", version: "v1", kind: "Secret" };

/** How many revisions Helm keeps. @see https://helm.sh/docs/helm/helm_upgrade/ */
const maxHistory = 10;

/** A revision of a release, as Helm records it. */
export interface Revision {
    name: string;
    namespace: string;
    revision: number;
    status: "deployed" | "failed" | "superseded";
    chart: string;
    version: string;
    appVersion: string;
    values: Values;
    objects: KubeObject[];
    description: string;
}

/** The revisions of a release that are on record, oldest first. */
export async function revisionsOf(api: KubeApi, namespace: string, name: string): Promise<Revision[]> {
    const labelSelector = `owner=helm,name=${name}`;
    const secrets = await api.list(secretType, namespace, { labelSelector }).catch((fault: unknown) => {
        if (isNotFound(fault)) return [];
        throw fault;
    });
    return secrets.map(decoded).sort((left, right) => left.revision - right.revision);
}

/**
 * Records a revision and marks the ones before it, as Helm does with Secrets.
 * @see https://helm.sh/docs/topics/advanced/#storage-backends
 */
export async function record(api: KubeApi, revision: Revision, before: readonly Revision[]): Promise<void> {
    await write(api, revision);
    if (revision.status === "deployed") {
        for (const old of before.filter(({ status }) => status === "deployed"))
            await write(api, { ...old, status: "superseded" });
    }
    for (const old of before.slice(0, Math.max(0, before.length + 1 - maxHistory))) await forget(api, old);
}

export async function forget(api: KubeApi, revision: Revision): Promise<void> {
    await api.delete(secretType, revision.namespace, secretName(revision), "Background").catch((fault: unknown) => {
        if (!isNotFound(fault)) throw fault;
    });
}

function secretName({ name, revision }: Revision): string {
    return `sh.helm.release.v1.${name}.v${revision}`;
}

async function write(api: KubeApi, revision: Revision): Promise<void> {
    const { name, namespace, revision: version, status } = revision;
    const object = {
        ...{ apiVersion: "v1", kind: "Secret", type: "helm.sh/release.v1" },
        metadata: {
            ...{ name: secretName(revision), namespace },
            labels: { name, owner: "helm", status, version: String(version) },
        },
        data: { release: Buffer.from(encoded(revision)).toString("base64") },
    };
    const options = { manager: helmManager, force: true, dryRun: false };
    await api.apply(secretType, namespace, secretName(revision), object, options);
}

/** JSON, gzipped, in base64. */
function encoded(revision: Revision): string {
    const { name, namespace, status, description, chart, version, appVersion, values, objects } = revision;
    const release = {
        ...{ name, namespace, version: revision.revision, config: values },
        info: { status, description, deployed: new Date().toISOString() },
        chart: { metadata: { name: chart, version, appVersion, apiVersion: "v2" } },
        manifest: objects.map((object) => `---\n${stringify(object)}`).join(""),
        objects,
    };
    return gzipSync(JSON.stringify(release)).toString("base64");
}

function decoded(secret: KubeObject): Revision {
    const text = Buffer.from(textAt(secret, "data", "release"), "base64").toString("utf8");
    const release = JSON.parse(gunzipSync(Buffer.from(text, "base64")).toString("utf8")) as Values;
    const { config } = release;
    return {
        ...{ name: textAt(release, "name"), namespace: textAt(release, "namespace") },
        revision: numberAt(release, "version"),
        status: textAt(release, "info", "status") as Revision["status"],
        chart: textAt(release, "chart", "metadata", "name"),
        version: textAt(release, "chart", "metadata", "version"),
        appVersion: textAt(release, "chart", "metadata", "appVersion"),
        values: isObject(config) ? config : {},
        objects: listAt(release, "objects") as KubeObject[],
        description: textAt(release, "info", "description"),
    };
}

/** What the chart makes of its values, marked as Helm marks what is its own. */
export function rendered(chart: Chart, view: ReleaseView): KubeObject[] {
    return chart.objects(view).map((object) => ({
        ...object,
        metadata: {
            ...object.metadata,
            labels: {
                ...object.metadata.labels,
                ...{ "app.kubernetes.io/managed-by": "Helm", "helm.sh/chart": `${chart.name}-${chart.version}` },
            },
            annotations: {
                ...object.metadata.annotations,
                ...{ "meta.helm.sh/release-name": view.name, "meta.helm.sh/release-namespace": view.namespace },
            },
        },
    }));
}
