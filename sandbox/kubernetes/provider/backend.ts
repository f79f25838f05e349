import { PartialFailure } from "../../protocol/package-backend";
import type {
    CheckFailure,
    CheckRequest,
    DeleteRequest,
    Differences,
    DiffRequest,
    PackageBackend,
    ReadRequest,
    ResourceRequest,
    UpdateRequest,
    WriteOptions,
} from "../../protocol/package-backend";
import { secret } from "../../protocol/values";
import type { Values } from "../../protocol/values";
import { ApiError, isNotFound, NoMatch, Unreachable } from "../api-faults";
import { charts } from "../charts";
import type { KubeApi } from "./api";
import { differences } from "./difference";
import { withIgnoredFields } from "./ignored-fields";
import { HelmReleases, releaseToken } from "./helm";
import { named, newFieldManager } from "./naming";
import { isSecret, normalInputs, pruned } from "./normal-form";
import {
    annotation,
    annotationOf,
    apiVersionOf,
    at,
    hasUnknown,
    idOf,
    isBuiltIn,
    isTrue,
    nameOf,
    namespaceOf,
    placeOf,
    textAt,
    typeOf,
    withAt,
} from "./objects";
import type { GroupVersionKind, KubeObject } from "./objects";
import { readinessOf } from "./readiness";
import { replacePaths } from "./replacement";
import { defaultSettings, settingDifferences, settingFaults, settingsOf } from "./settings";
import type { Surroundings } from "./surroundings";
import { wakeFinalizer } from "./stuck-definition";
import { until, WaitFailed } from "./wait";
import { waitForOf } from "./wait-for";

/** Properties of the state that are the provider's own. */
const [managerKey, initialVersionKey] = ["__fieldManager", "__initialApiVersion"];

/** Seconds between tries of a create whose namespace or definition is not there yet. */
const createRetrySeconds = [0.5, 1, 2, 4, 8];

/** Seconds that a deletion may take where the program sets none. */
const deleteTimeoutSeconds = 300;

const noDefinitions = (): Promise<string> =>
    Promise.reject(
        new Error("this sandbox was given no definitions of custom resources, so it installs no chart with any"),
    );

/** What `@pulumi/kubernetes` does between the engine and the API server. */
export class KubernetesProvider implements PackageBackend {
    readonly name = "kubernetes";
    private settings = defaultSettings;
    private api: KubeApi | undefined;
    private unreachable = "the provider is not configured";
    private cancellation = { isCancelled: false };

    private readonly releases: HelmReleases;

    constructor(
        readonly version: string,
        private readonly surroundings: Surroundings = {},
    ) {
        const { holdsChart = () => true, definitions = noDefinitions } = surroundings;
        this.releases = new HelmReleases(charts, holdsChart, definitions);
    }

    checkConfig({ news }: { news: Values }): Promise<{ inputs: Values; failures: CheckFailure[] }> {
        return Promise.resolve({ inputs: news, failures: settingFaults(news) });
    }

    diffConfig({ olds, news }: { olds: Values; news: Values }): Promise<Differences> {
        return settingDifferences(olds, news);
    }

    async configure(config: Values): Promise<void> {
        this.api?.close();
        this.api = undefined;
        this.cancellation = { isCancelled: false };
        this.settings = settingsOf(config);
        try {
            // Kubernetes' client takes its time and memory: what touches no cluster does without it.
            const { KubeApi } = await import("./api");
            const api = new KubeApi(config, this.surroundings);
            await api.version();
            this.api = api;
        } catch (fault) {
            // Told when a resource needs the cluster, as some settings say that none does.
            const why = fault instanceof Error ? fault.message : String(fault);
            this.unreachable =
                fault instanceof Unreachable || fault instanceof ApiError
                    ? `unable to load schema information from the API server: ${why}`
                    : why;
        }
    }

    async check(request: CheckRequest): Promise<{ inputs: Values; failures: CheckFailure[] }> {
        const { urn, token, news, olds, randomSeed } = request;
        if (!this.api && this.settings.skipUpdateUnreachable && olds) return { inputs: olds, failures: [] };
        if (token === releaseToken) return this.releases.check(request);
        refuseUnsupported(token);
        const { namespace } = this.settings;
        const type = typeOf(token);
        let inputs = named(urn, news, olds, randomSeed);
        if (namespace !== undefined && namespaceOf(inputs) === "" && (await this.isNamespaced(type)))
            inputs = withAt(inputs, ["metadata", "namespace"], namespace);
        return { inputs: withoutReadOnly(type, inputs), failures: [] };
    }

    async diff(request: DiffRequest): Promise<Differences> {
        const { token, oldInputs, olds, news, ignoreChanges } = request;
        if (token === releaseToken) return this.releases.diff(request);
        const type = typeOf(token);
        const isImmutable = olds.immutable === true;
        const properties = differences({
            ...{ type, isNamespaced: await this.isNamespaced(type), oldInputs, live: olds, news, ignoreChanges },
            replacePaths: replacePaths(type, this.settings.mutable, isImmutable),
        });
        if (annotationOf(news, annotation.replaceUnready) === "true" && (await this.isUnreadyJob(type, olds)))
            properties.set(`metadata.annotations["${annotation.replaceUnready}"]`, { kind: "update", replace: true });
        const isNamed = annotationOf(news, annotation.autonamed) !== "true";
        const keepsName = nameOf(news) === nameOf(olds);
        const keepsNamespace = (namespaceOf(news) || "default") === (namespaceOf(olds) || "default");
        return {
            properties,
            deleteBeforeReplace: isNamed && keepsName && (keepsNamespace || namespaceOf(olds) === ""),
        };
    }

    async create(
        request: ResourceRequest & WriteOptions & { inputs: Values },
    ): Promise<{ id: string; properties: Values }> {
        const { urn, token, inputs, preview } = request;
        if (token === releaseToken) {
            if (preview) return { id: "", properties: this.releases.preview(inputs) };
            return await this.releases.write(this.reached(), inputs, request, this.cancellation, false);
        }
        const type = typeOf(token);
        const object = objectOf(type, inputs);
        const manager = managerOf(inputs, {});
        if (preview) {
            const foreseen = hasUnknown(object) || !this.api ? undefined : await this.foresee(type, object, manager);
            return {
                id: "",
                properties: foreseen ? checkpoint(type, withAt(foreseen, ["status"], undefined), manager) : inputs,
            };
        }
        const api = this.reached();
        let made: KubeObject;
        try {
            made = await this.tryToCreate(api, type, object, manager);
        } catch (fault) {
            const { message } = fault as Error;
            if (fault instanceof NoMatch) {
                throw new Error(
                    `creation of resource "${urn}" with kind ${apiVersionOf(type)}/${type.kind} failed because the ` +
                        "Kubernetes API server reported that the apiVersion for this resource does not exist. " +
                        `Verify that any required CRDs have been created: ${message}`,
                    { cause: fault },
                );
            }
            throw new Error(`resource "${urn}" was not successfully created by the Kubernetes API server: ${message}`, {
                cause: fault,
            });
        }
        const live = await this.ready(request, type, made, manager, inputs, (why) => {
            return (
                `resource "${urn}" was successfully created, but the Kubernetes API server reported that it failed to ` +
                `fully initialize or become live: ${why}`
            );
        });
        return { id: idOf(live), properties: checkpoint(type, live, manager) };
    }

    async read({
        token,
        id,
        olds,
        oldInputs,
    }: ReadRequest): Promise<{ id: string; properties: Values; inputs: Values } | undefined> {
        if (!this.api) {
            if (this.settings.deleteUnreachable) return undefined;
            if (this.settings.skipUpdateUnreachable) return { id, properties: olds, inputs: oldInputs ?? {} };
            throw new Error(
                "failed to read resource state due to unreachable cluster. If the cluster was deleted, you can remove " +
                    "this resource from Pulumi state by rerunning the operation with the PULUMI_K8S_DELETE_UNREACHABLE " +
                    `environment variable set to "true" (${this.unreachable})`,
            );
        }
        if (token === releaseToken) {
            const found = await this.releases.read(this.api, id, oldInputs);
            return found && { id, ...found };
        }
        const type = typeOf(token);
        const { namespace, name } = placeOf(id);
        const live = await this.existing(this.api, type, namespace, name);
        if (!live) return undefined;
        const given = oldInputs && normalInputs(type, oldInputs);
        const inputs = given ? withStringData(type, pruned(live, given) as Values, oldInputs) : imported(type, live);
        return { id, properties: checkpoint(type, live, managerOf(inputs, olds)), inputs };
    }

    async update(request: UpdateRequest): Promise<Values> {
        const { urn, token, id, olds, news, preview, ignoreChanges } = request;
        if (token === releaseToken) {
            if (preview) return this.releases.preview(news);
            return (await this.releases.write(this.reached(), news, request, this.cancellation, true)).properties;
        }
        const type = typeOf(token);
        const object = objectOf(type, news);
        if (preview && (!this.api || hasUnknown(object))) return news;
        const api = this.reached();
        const manager = managerOf(news, olds);
        const { namespace, name } = placeOf(id);
        let written: KubeObject;
        try {
            const before = await api.get(type, namespace, name);
            const sent = withIgnoredFields(object, before, manager, ignoreChanges);
            const options = { manager, dryRun: preview, force: this.isForced(news) };
            if (type.kind === "CustomResourceDefinition") {
                const { resourceVersion } = before.metadata;
                const whole = withAt(sent, ["metadata", "resourceVersion"], resourceVersion);
                written = await api.replace(type, namespace, name, whole, options);
            } else {
                written = await api.apply(type, namespace, name, sent, options);
            }
        } catch (fault) {
            if (preview && (fault instanceof NoMatch || isForbidden(fault))) return news;
            throw new Error(`update of resource "${urn}" failed: ${explained(fault, manager)}`, { cause: fault });
        }
        if (preview) return checkpoint(type, written, manager);
        const live = await this.ready(request, type, written, manager, news, (why) => {
            return `the Kubernetes API server reported that "${id}" failed to fully initialize or become live: ${why}`;
        });
        return checkpoint(type, live, manager);
    }

    async delete({ token, id, olds, timeoutSeconds }: DeleteRequest): Promise<void> {
        const { deleteUnreachable } = this.settings;
        if (!this.api && deleteUnreachable) return;
        if (!this.api) {
            throw new Error(
                "configured Kubernetes cluster is unreachable. If the cluster was deleted, you can remove this resource " +
                    "from Pulumi state by rerunning the operation with the PULUMI_K8S_DELETE_UNREACHABLE environment " +
                    `variable set to "true" (${this.unreachable})`,
            );
        }
        const { api, cancellation } = this;
        if (token === releaseToken) {
            await this.releases.uninstall(api, id, timeoutSeconds, cancellation);
            return;
        }
        const type = typeOf(token);
        const { namespace, name } = placeOf(id);
        const propagation = annotationOf(olds, annotation.deletionPropagationPolicy);
        const found = await this.existing(api, type, namespace, name);
        if (!found) return;
        await api.delete(type, namespace, name, propagationPolicy(propagation)).catch((fault: unknown) => {
            if (!isNotFound(fault)) throw fault;
        });
        if (annotationOf(olds, annotation.skipAwait) === "true") return;
        const timeout = timeoutOf(timeoutSeconds, olds) ?? deleteTimeoutSeconds;
        const what = `${apiVersionOf(type)}/${type.kind} "${id}"`;
        try {
            await until(
                async () => {
                    const live = await this.existing(api, type, namespace, name);
                    if (!live || live.metadata.uid !== found.metadata.uid) return "done";
                    await wakeFinalizer(api, type, live);
                    return { because: holders(live) };
                },
                { name, timeoutSeconds: timeout, cancellation },
            );
        } catch (fault) {
            if (!(fault instanceof WaitFailed)) throw fault;
            const [, ...why] = fault.message.split("\n");
            throw new Error([`Timed out waiting for deletion of ${what}`, ...why].join("\n"), { cause: fault });
        }
    }

    invoke(token: string): Promise<Values> {
        return Promise.reject(new Error(`the sandbox does not know the function "${token}"`));
    }

    cancel(): void {
        this.cancellation.isCancelled = true;
    }

    private reached(): KubeApi {
        if (this.api) return this.api;
        throw new Error(`configured Kubernetes cluster is unreachable: ${this.unreachable}`);
    }

    /** A custom resource whose definition is still to come is taken to be in a namespace. */
    private async isNamespaced(type: GroupVersionKind): Promise<boolean> {
        if (!this.api) return true;
        try {
            return await this.api.isNamespaced(type);
        } catch (fault) {
            if (fault instanceof NoMatch) return true;
            throw fault;
        }
    }

    private isForced(inputs: Values): boolean {
        const said = annotationOf(inputs, annotation.patchForce);
        return said === "" ? this.settings.enablePatchForce : said === "true";
    }

    /** The object, or undefined where there is none or its very type is gone. */
    private async existing(
        api: KubeApi,
        type: GroupVersionKind,
        namespace: string | undefined,
        name: string,
    ): Promise<KubeObject | undefined> {
        try {
            return await api.get(type, namespace, name);
        } catch (fault) {
            if (isNotFound(fault) || fault instanceof NoMatch) return undefined;
            throw fault;
        }
    }

    /** What the API server would make of it; undefined where it cannot tell before the update. */
    private async foresee(type: GroupVersionKind, object: Values, manager: string): Promise<KubeObject | undefined> {
        const api = this.reached();
        const namespace = await this.namespaceFor(api, type, object).catch(orNothing);
        const options = { manager, dryRun: true, force: true };
        const name = nameOf(object);
        try {
            return await api.apply(type, namespace, name, object, options);
        } catch (fault) {
            // A namespace or a definition that the same update brings, or a right that only it gives.
            if (fault instanceof NoMatch || isNotFound(fault) || isForbidden(fault)) return undefined;
            const isReplacement = fault instanceof ApiError && fault.message.includes("field is immutable");
            if (!isReplacement) throw new Error(explained(fault, manager), { cause: fault });
            // It replaces one of the same name, which is there still.
            const stand = `${name.slice(0, 50)}-preview`;
            const foreseen = await api.apply(
                type,
                namespace,
                stand,
                withAt(object, ["metadata", "name"], stand),
                options,
            );
            return withAt(foreseen, ["metadata", "name"], name) as KubeObject;
        }
    }

    private async tryToCreate(
        api: KubeApi,
        type: GroupVersionKind,
        object: Values,
        manager: string,
    ): Promise<KubeObject> {
        for (let attempt = 0; ; attempt += 1) {
            try {
                const namespace = await this.namespaceFor(api, type, object);
                const name = nameOf(object);
                if (!this.settings.upsertExistingObjects && (await this.existing(api, type, namespace, name))) {
                    throw new Error(`${type.kind} "${name}" already exists`);
                }
                const options = { manager, dryRun: false, force: this.isForced(object) };
                return await api.apply(type, namespace, name, object, options);
            } catch (fault) {
                const seconds = createRetrySeconds[attempt];
                const mayCome = isNotFound(fault) || fault instanceof NoMatch;
                if (!mayCome || seconds === undefined || this.cancellation.isCancelled)
                    throw fault instanceof NoMatch ? fault : new Error(explained(fault, manager), { cause: fault });
                await new Promise((done) => setTimeout(done, seconds * 1000));
            }
        }
    }

    private async namespaceFor(api: KubeApi, type: GroupVersionKind, object: Values): Promise<string | undefined> {
        if (!(await api.isNamespaced(type))) return undefined;
        return namespaceOf(object) || api.namespace;
    }

    /** Waits until the object works. The state keeps what was written when it does not. */
    private async ready(
        request: WriteOptions,
        type: GroupVersionKind,
        written: KubeObject,
        manager: string,
        inputs: Values,
        told: (why: string) => string,
    ): Promise<KubeObject> {
        const api = this.reached();
        const readiness = readinessOf(type);
        const waitFor = annotationOf(inputs, annotation.waitFor);
        const isSkipped = annotationOf(inputs, annotation.skipAwait) === "true";
        let live = written;
        const { name = "", namespace } = written.metadata;
        try {
            const isMet = waitFor === "" ? undefined : waitForOf(waitFor);
            if ((!readiness && !isMet) || isSkipped) return live;
            const timeoutSeconds = timeoutOf(request.timeoutSeconds, inputs) ?? readiness?.timeoutSeconds ?? 600;
            await until(
                async () => {
                    live = await api.get(type, namespace, name);
                    return isMet ? isMet(live) : ((await readiness?.look(live, api)) ?? "done");
                },
                { name, timeoutSeconds, cancellation: this.cancellation },
            );
            return live;
        } catch (fault) {
            const why = fault instanceof Error ? fault.message : String(fault);
            throw new PartialFailure(told(why), idOf(live), checkpoint(type, live, manager), inputs);
        }
    }

    private async isUnreadyJob(type: GroupVersionKind, olds: Values): Promise<boolean> {
        if (type.kind !== "Job" || !this.api) return false;
        const live = await this.existing(this.api, type, namespaceOf(olds), nameOf(olds));
        return live !== undefined && !isTrue(live, "Complete");
    }
}

function orNothing(fault: unknown): undefined {
    if (fault instanceof NoMatch) return undefined;
    throw fault;
}

/** Lists and patches are types of the SDK that this project has no use for. */
function refuseUnsupported(token: string): void {
    const type = typeOf(token);
    const { group, version, kind } = type;
    if (version === "" || kind === "") throw new Error(`the sandbox does not know the resource type "${token}"`);
    if (kind.endsWith("List") && isBuiltIn(type)) {
        throw new Error(
            `${token}: list resources exist for compatibility with YAML manifests and Helm charts, and cannot be created ` +
                "directly. Use the underlying resource type instead",
        );
    }
    if (kind.endsWith("Patch")) {
        throw new Error(
            `the sandbox does not know the resource type "${token}": it changes objects of others, which belongs to their owner`,
        );
    }
    if (["helm.sh", "yaml", "kustomize"].includes(group)) {
        throw new Error(`the sandbox does not know the resource type "${token}"`);
    }
}

function withoutReadOnly(type: GroupVersionKind, inputs: Values): Values {
    const { metadata } = normalInputs(type, inputs);
    return metadata === undefined ? inputs : { ...inputs, metadata };
}

/** The object to send: its type is what the token says. */
function objectOf(type: GroupVersionKind, inputs: Values): Values {
    const { stringData } = inputs;
    const object = normalInputs(type, inputs);
    // Sent as it is given: the API server encodes it.
    const spoken = isSecret(type) && stringData !== undefined ? { ...object, data: inputs.data, stringData } : object;
    return { ...spoken, apiVersion: apiVersionOf(type), kind: type.kind };
}

function managerOf(inputs: Values, state: Values): string {
    const given = annotationOf(inputs, annotation.patchFieldManager);
    if (given !== "") return given;
    const known = state[managerKey];
    return typeof known === "string" ? known : newFieldManager();
}

/** What the state keeps of an object. */
function checkpoint(type: GroupVersionKind, live: Values, manager: string): Values {
    const object = withAt(live, ["metadata", "managedFields"], undefined);
    const marked = isSecret(type) && object.data !== undefined ? { ...object, data: secret(object.data) } : object;
    return { ...marked, [managerKey]: manager, [initialVersionKey]: apiVersionOf(type) };
}

/** Inputs of an object that was not made by the program: all that it says, without what the cluster writes. */
function imported(type: GroupVersionKind, live: KubeObject): Values {
    const given = withAt(normalInputs(type, live), ["status"], undefined);
    const own = withAt(given, ["metadata", "annotations", "deployment.kubernetes.io/revision"], undefined);
    const data = own.data;
    return isSecret(type) && data !== undefined ? { ...own, data: secret(data) } : own;
}

/** The program's way to write a Secret is kept. */
function withStringData(type: GroupVersionKind, inputs: Values, oldInputs: Values): Values {
    const { stringData } = oldInputs;
    if (!isSecret(type)) return inputs;
    if (typeof stringData !== "object" || stringData === null) return { ...inputs, data: secret(inputs.data) };
    const { data, ...rest } = inputs;
    const entries = Object.entries((data ?? {}) as Record<string, unknown>);
    const decoded = entries
        .filter(([key]) => key in stringData)
        .map(([key, value]) => [key, Buffer.from(String(value), "base64").toString("utf8")]);
    const others = entries.filter(([key]) => !(key in stringData));
    return {
        ...rest,
        stringData: secret(Object.fromEntries(decoded)),
        ...(others.length > 0 && { data: secret(Object.fromEntries(others)) }),
    };
}

function propagationPolicy(said: string): string {
    return said === "" ? "Foreground" : said.slice(0, 1).toUpperCase() + said.slice(1).toLowerCase();
}

/** Seconds that a wait may take, if somebody has said so. */
function timeoutOf(customSeconds: number, inputs: Values): number | undefined {
    if (customSeconds > 0) return customSeconds;
    const said = Number(annotationOf(inputs, annotation.timeoutSeconds));
    return said > 0 ? said : undefined;
}

function isForbidden(fault: unknown): boolean {
    return fault instanceof ApiError && fault.code === 403 && fault.reason === "Forbidden";
}

/** A conflict of field managers names them, as the API server does, and the way out. */
function explained(fault: unknown, manager: string): string {
    const message = fault instanceof Error ? fault.message : String(fault);
    if (!(fault instanceof ApiError) || fault.code !== 409) return message;
    return (
        "Server-Side Apply field conflict detected. See https://www.pulumi.com/registry/packages/kubernetes/" +
        "how-to-guides/managing-resources-with-server-side-apply/#handle-field-conflicts-on-existing-resources for " +
        `troubleshooting help.\nThe resource managed by field manager "${manager}" had an apply conflict: ${message}`
    );
}

/** What holds a deletion up. */
function holders(live: KubeObject): string[] {
    const finalizers = (live.metadata.finalizers ?? []).map((finalizer) => `finalizer ${finalizer} is not done`);
    const conditions = at(live, "status", "conditions");
    const remaining = Array.isArray(conditions)
        ? conditions.flatMap((condition) => {
              const isHolding = /^(NamespaceContentRemaining|NamespaceFinalizersRemaining|NamespaceDeletion)/.test(
                  textAt(condition, "type"),
              );
              return isHolding && at(condition, "status") === "True" ? [textAt(condition, "message")] : [];
          })
        : [];
    return [...finalizers, ...remaining];
}
