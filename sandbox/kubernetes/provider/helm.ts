import { isDeepStrictEqual } from "node:util";
import { isObject } from "../../azure/properties";
import { PartialFailure } from "../../protocol/package-backend";
import type {
    CheckFailure,
    CheckRequest,
    Difference,
    Differences,
    DiffRequest,
    WriteOptions,
} from "../../protocol/package-backend";
import { isUnknown, unknown } from "../../protocol/values";
import type { Values } from "../../protocol/values";
import { isNotFound, NoMatch } from "../api-faults";
import { unknownValues } from "../charts/chart";
import type { Chart } from "../charts/chart";
import { definitionsOf } from "../charts/definitions";
import type { KubeApi } from "./api";
import { differences } from "./difference";
import { madeUpName } from "./naming";
import { apiVersionOf, idOf, nameOf, namespaceOf, placeOf, textAt, typeOf } from "./objects";
import type { GroupVersionKind, KubeObject } from "./objects";
import { readinessOf } from "./readiness";
import { forget, helmManager, record, rendered, revisionsOf } from "./release";
import type { Revision } from "./release";
import { wakeFinalizer } from "./stuck-definition";
import { until } from "./wait";
import type { Cancellation, Progress } from "./wait";

export const releaseToken = "kubernetes:helm.sh/v3:Release";

/** Seconds that Helm waits where the program says nothing. */
const defaultTimeoutSeconds = 300;

/** What the provider gives Helm and the sandbox has no use for: a release is all of it or nothing here. */
const accepted = new Set([
    ...["allowNullValues", "atomic", "chart", "cleanupOnFail", "compat", "createNamespace", "description"],
    ...["maxHistory", "name", "namespace", "repositoryOpts", "resourceNames", "skipAwait", "skipCrds", "timeout"],
    ...["values", "version", "waitForJobs"],
]);

/**
 * Releases of Helm charts, recorded as Helm does, with workloads in the place of the chart's own (`../charts`).
 * @see https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/provider/helm_release.go
 */
export class HelmReleases {
    /**
     * @param holdsChart Does the registry of that host hold the chart? Where it cannot be asked, every chart is taken to be there.
     * @param definitions Folder of the custom resources' definitions.
     */
    constructor(
        private readonly charts: readonly Chart[],
        private readonly holdsChart: (host: string, repository: string, tag: string) => boolean,
        private readonly definitions: () => Promise<string>,
    ) {}

    check({ urn, news, olds, randomSeed }: CheckRequest): { inputs: Values; failures: CheckFailure[] } {
        const name = news.name ?? olds?.name ?? madeUpName(urn, randomSeed);
        const inputs = { ...news, name, namespace: news.namespace ?? "default" };
        const failures = Object.keys(news)
            .filter((key) => !accepted.has(key))
            .map((property) => ({ property, reason: `the sandbox does not know ${property} of a release` }));
        if (isUnknown(news.chart) || isUnknown(news.version)) return { inputs, failures };
        const chart = this.find(textAt(news, "chart"));
        if (!chart) {
            const known = this.charts.map((one) => one.name).sort();
            const reason = `the sandbox has no chart "${textAt(news, "chart")}" (sandbox/kubernetes/charts); it has ${known.join(", ")}`;
            return { inputs, failures: [...failures, { property: "chart", reason }] };
        }
        if (news.version !== chart.version) {
            const reason = `the platform mirrors ${chart.name} ${chart.version}, got "${String(news.version)}"`;
            failures.push({ property: "version", reason });
        }
        const strange = unknownValues(chart.values, news.values ?? {}).map((path) => ({
            property: `values.${path}`,
            reason: `the sandbox's table of chart ${chart.name} does not know the value "${path}" (sandbox/kubernetes/charts)`,
        }));
        return { inputs, failures: [...failures, ...strange] };
    }

    diff({ oldInputs, news, ignoreChanges }: DiffRequest): Differences {
        const type = { group: "helm.sh", version: "v3", kind: "Release" };
        const told = differences({
            ...{ type, isNamespaced: false, oldInputs, live: oldInputs, news, ignoreChanges },
            replacePaths: [["name"], ["namespace"]],
        });
        const properties = [...told].filter(([path]) => path !== "compat" && !path.startsWith("metadata"));
        const found = new Map<string, Difference>(properties);
        return { properties: found, deleteBeforeReplace: isDeepStrictEqual(oldInputs.name, news.name) };
    }

    /** What a preview knows: the inputs. */
    preview(inputs: Values): Values {
        return { ...inputs, status: unknown, resourceNames: unknown };
    }

    /** Installs or upgrades. */
    async write(
        api: KubeApi,
        inputs: Values,
        request: WriteOptions,
        cancellation: Cancellation,
        isUpgrade: boolean,
    ): Promise<{ id: string; properties: Values }> {
        const chart = this.find(textAt(inputs, "chart"));
        if (!chart) throw new Error(`the sandbox has no chart "${textAt(inputs, "chart")}"`);
        this.fetch(inputs, chart);
        const [name, namespace] = [textAt(inputs, "name"), textAt(inputs, "namespace")];
        const before = await revisionsOf(api, namespace, name);
        const last = before.at(-1);
        if (!isUpgrade && last?.status === "deployed")
            throw new Error(`cannot re-use a name that is still in use: ${namespace}/${name}`);
        const values = isObject(inputs.values) ? inputs.values : {};
        const objects = rendered(chart, { name, namespace, version: chart.version, values });
        const revision: Revision = {
            ...{ name, namespace, revision: (last?.revision ?? 0) + 1, status: "deployed", values, objects },
            ...{ chart: chart.name, version: chart.version, appVersion: chart.appVersion },
            description: isUpgrade ? "Upgrade complete" : "Install complete",
        };
        const timeoutSeconds = request.timeoutSeconds || Number(inputs.timeout ?? defaultTimeoutSeconds);
        if (inputs.createNamespace === true) await this.apply(api, [namespaceObject(namespace)]);
        try {
            if (inputs.skipCrds !== true) {
                const definitions = await this.definitionsOf(chart);
                await this.apply(api, definitions);
                await ready(api, definitions, timeoutSeconds, cancellation);
            }
            await this.apply(api, objects);
            const kept = new Set(objects.map(keyOf));
            await remove(
                api,
                (last?.objects ?? []).filter((object) => !kept.has(keyOf(object))),
            );
            if (inputs.skipAwait !== true) await ready(api, objects, timeoutSeconds, cancellation);
        } catch (fault) {
            const why = fault instanceof Error ? fault.message : String(fault);
            const failed: Revision = { ...revision, status: "failed", description: why };
            await record(api, failed, before);
            if (inputs.atomic === true) await this.giveWay(api, failed, last);
            throw new PartialFailure(
                `Helm release "${namespace}/${name}" was ${isUpgrade ? "updated" : "created"}, but failed to initialize ` +
                    `completely. Use Helm CLI to investigate: ${why}`,
                `${namespace}/${name}`,
                stateOf(inputs, failed),
                inputs,
            );
        }
        await record(api, revision, before);
        return { id: `${namespace}/${name}`, properties: stateOf(inputs, revision) };
    }

    async read(
        api: KubeApi,
        id: string,
        oldInputs: Values | undefined,
    ): Promise<{ properties: Values; inputs: Values } | undefined> {
        const { namespace = "default", name } = placeOf(id);
        const last = (await revisionsOf(api, namespace, name)).at(-1);
        if (!last) return undefined;
        const inputs = oldInputs ?? { name, namespace, chart: last.chart, version: last.version, values: last.values };
        return { inputs, properties: stateOf(inputs, last) };
    }

    async uninstall(api: KubeApi, id: string, timeoutSeconds: number, cancellation: Cancellation): Promise<void> {
        const { namespace = "default", name } = placeOf(id);
        const revisions = await revisionsOf(api, namespace, name);
        const last = revisions.at(-1);
        if (!last) return;
        const chart = this.find(last.chart);
        const definitions = chart?.removesDefinitions === true ? await this.definitionsOf(chart) : [];
        const gone = [...last.objects, ...definitions];
        await remove(api, gone);
        for (const object of gone) {
            const look = async (): Promise<Progress> => {
                const found = await live(api, object);
                if (!found) return "done";
                await wakeFinalizer(api, typeOfObject(object), found);
                return { because: [`${keyOf(object)} is still there`] };
            };
            await until(look, { name, timeoutSeconds: timeoutSeconds || defaultTimeoutSeconds, cancellation });
        }
        for (const revision of revisions) await forget(api, revision);
    }

    private async definitionsOf({ definitions }: Chart): Promise<KubeObject[]> {
        return definitions.length === 0 ? [] : definitionsOf(await this.definitions(), definitions);
    }

    private find(path: string): Chart | undefined {
        return this.charts.find(({ name }) => name === path.slice(path.lastIndexOf("/") + 1));
    }

    /** @throws Error when the chart is not to be had, as Helm says it. */
    private fetch(inputs: Values, { version }: Chart): void {
        const reference = textAt(inputs, "chart");
        const [, host = "", repository = ""] = /^oci:\/\/([^/]+)\/(.+)$/.exec(reference) ?? [];
        if (host === "") {
            throw new Error(
                `failed to download "${reference}": the platform takes charts from its own registry alone (oci://...)`,
            );
        }
        if (this.holdsChart(host, repository, version)) return;
        throw new Error(
            `failed to download "${reference}" at version "${version}": ${host}/${repository}:${version}: not found`,
        );
    }

    private async apply(api: KubeApi, objects: readonly KubeObject[]): Promise<void> {
        const options = { manager: helmManager, force: true, dryRun: false };
        for (const object of objects) {
            const type = typeOfObject(object);
            await api.apply(type, object.metadata.namespace, nameOf(object), object, options);
        }
    }

    /** All or nothing: what was there before comes back, or nothing stays. */
    private async giveWay(api: KubeApi, failed: Revision, last: Revision | undefined): Promise<void> {
        const kept = new Set((last?.objects ?? []).map(keyOf));
        await remove(
            api,
            failed.objects.filter((object) => !kept.has(keyOf(object))),
        );
        if (!last) return;
        await this.apply(api, last.objects);
        const back = { ...last, revision: failed.revision + 1, status: "deployed" as const };
        await record(api, { ...back, description: `Rollback to ${last.revision}` }, [last, failed]);
    }
}

function namespaceObject(name: string): KubeObject {
    return { apiVersion: "v1", kind: "Namespace", metadata: { name } };
}

function typeOfObject({ apiVersion, kind }: KubeObject): GroupVersionKind {
    return typeOf(`kubernetes:${apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`}:${kind}`);
}

function keyOf(object: KubeObject): string {
    return `${object.apiVersion}/${object.kind} ${idOf(object)}`;
}

async function live(api: KubeApi, object: KubeObject): Promise<KubeObject | undefined> {
    try {
        return await api.get(typeOfObject(object), object.metadata.namespace, nameOf(object));
    } catch (fault) {
        if (isNotFound(fault) || fault instanceof NoMatch) return undefined;
        throw fault;
    }
}

/** Takes objects away, the last made first. */
async function remove(api: KubeApi, objects: readonly KubeObject[]): Promise<void> {
    for (const object of [...objects].reverse()) {
        const type = typeOfObject(object);
        try {
            await api.delete(type, object.metadata.namespace, nameOf(object), "Background");
        } catch (fault) {
            if (!isNotFound(fault) && !(fault instanceof NoMatch)) throw fault;
        }
    }
}

/** Helm waits for what it knows to get ready: workloads, claims, definitions; not for the endpoints of services. */
async function ready(
    api: KubeApi,
    objects: readonly KubeObject[],
    timeoutSeconds: number,
    cancellation: Cancellation,
): Promise<void> {
    await Promise.all(
        objects.map(async (object) => {
            const readiness = readinessOf(typeOfObject(object));
            if (!readiness || object.kind === "Service") return;
            const name = nameOf(object);
            const look = async (): Promise<Progress> => {
                const found = await live(api, object);
                return found ? await readiness.look(found, api) : { because: [`${keyOf(object)} is gone`] };
            };
            await until(look, { name, timeoutSeconds, cancellation });
        }),
    );
}

/** What the provider tells of a release. */
function stateOf(inputs: Values, revision: Revision): Values {
    const resourceNames: Record<string, string[]> = {};
    for (const object of revision.objects) {
        const { group, kind } = typeOfObject(object);
        const key = `${kind}${group === "" ? "" : `.${group}`}/${apiVersionOf(typeOfObject(object))}`;
        (resourceNames[key] ??= []).push(namespaceOf(object) === "" ? nameOf(object) : idOf(object));
    }
    const { name, namespace, chart, version, appVersion, status } = revision;
    return {
        ...inputs,
        resourceNames,
        status: { name, namespace, chart, version, appVersion, status, revision: revision.revision },
    };
}
