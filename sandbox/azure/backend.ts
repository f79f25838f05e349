import { PartialFailure } from "../protocol/package-backend";
import type {
    CheckFailure,
    Differences,
    PackageBackend,
    ResourceRequest,
    WriteOptions,
} from "../protocol/package-backend";
import { isUnknown, unknown } from "../protocol/values";
import type { Values } from "../protocol/values";
import type { Azure } from "./azure";
import { clusterToken } from "../kubernetes/azure-facts";
import { differences, withDrift } from "./difference";
import { stableHex } from "./guid";
import { asInputs } from "./projection";
import { AzureError, LostConnection, refusal } from "./refusal";
import type { Stored } from "./resource-type";
import { schemaFaults } from "./schema";
import type { ResourceSchema, Schema } from "./schema";

/**
 * Seconds that azure-native waits between its tries when Azure says that another operation is in progress.
 * @see https://github.com/pulumi/pulumi-azure-native/blob/master/provider/pkg/azure/client_azcore.go
 */
const retryDelaysSeconds = [20, 60, 120];

/** Codes at which azure-native tries again (the same file). */
const retriedCodes = new Set([
    "AnotherOperationInProgress",
    "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity",
]);

/** azure-native's own limit for an operation, in seconds, where `customTimeouts` sets none. */
const defaultTimeoutSeconds = 7200;

/** What azure-native does between the engine and Azure: checks, differences, previews, existence, recovery, refresh. */
export class AzureNative implements PackageBackend {
    readonly name = "azure-native";
    readonly version: string;

    /** @param previews What a preview is told of a resource's outputs: as azure-native does, or what they would be. */
    constructor(
        private readonly azure: Azure,
        private readonly schema: Schema,
        private readonly previews: "unknown" | "foreseen" = "unknown",
        /** Kubeconfig of a cluster, by its id. */
        private readonly credentials?: (clusterId: string) => Promise<string>,
    ) {
        this.version = schema.packageVersion;
    }

    configure(settings: Values): Promise<void> {
        const { subscriptionId } = settings;
        if (typeof subscriptionId === "string" && subscriptionId !== this.azure.subscriptionId) {
            const message = `azure-native:subscriptionId is ${subscriptionId}, the sandbox holds ${this.azure.subscriptionId}`;
            return Promise.reject(new Error(message));
        }
        return Promise.resolve();
    }

    check({ token, news }: ResourceRequest & { news: Values }): Promise<{ inputs: Values; failures: CheckFailure[] }> {
        const { apiVersion } = this.shape(token);
        const faults = schemaFaults(this.schema, token, news, isUnknown);
        const unnamed = this.azure.types
            .parameters(token)
            .filter((name) => news[name] === undefined && !faults.some(({ path }) => path === name));
        const failures = [
            ...faults.map(({ path, reason }) => ({ property: path, reason })),
            ...unnamed.map((name) => ({ property: name, reason: `missing '${name}': the sandbox makes no names up` })),
        ];
        return Promise.resolve({ inputs: { azureApiVersion: apiVersion, ...news }, failures });
    }

    diff({
        token,
        oldInputs,
        olds,
        news,
    }: ResourceRequest & { id: string; oldInputs: Values; olds: Values; news: Values }): Promise<Differences> {
        const { forceNew } = this.azure.types.get(token);
        // As azure-native, which only lately records the API version among the inputs.
        const recorded = "azureApiVersion" in olds ? { azureApiVersion: olds.azureApiVersion } : {};
        const replaceKeys = new Set([...this.azure.types.parameters(token), ...forceNew]);
        const properties = differences({ ...recorded, ...oldInputs }, news, olds, replaceKeys);
        return Promise.resolve({ properties, deleteBeforeReplace: true });
    }

    async create(
        request: ResourceRequest & WriteOptions & { inputs: Values },
    ): Promise<{ id: string; properties: Values }> {
        const { token, inputs, preview } = request;
        if (preview)
            return this.previews === "foreseen" ? this.foreseen(token, inputs) : this.unforeseen(token, inputs);
        const body = withoutVersion(inputs);
        const id = this.azure.types.idOf(token, body, this.azure.subscriptionId);
        // The parts of a resource that are always there are taken as they are.
        if (this.azure.types.get(token).deletion !== "reset" && this.azure.get(id)) {
            throw new Error(`cannot create already existing resource '${id}'`);
        }
        const stored = await this.write(request, id, inputs);
        return { id: stored.id, properties: this.stateOf(stored) };
    }

    read({
        token,
        id,
        olds,
        oldInputs,
    }: ResourceRequest & { id: string; olds: Values; oldInputs: Values | undefined }): Promise<
        { id: string; properties: Values; inputs: Values } | undefined
    > {
        const stored = this.azure.get(id);
        if (stored?.token !== token) return Promise.resolve(undefined);
        const properties = this.stateOf(stored);
        const imported = { ...this.azure.types.inputsOf(stored.id), ...asInputs(this.schema, token, properties) };
        const unset = (this.azure.types.get(token).subResources ?? []).filter((name) => !(name in (oldInputs ?? {})));
        const given = (outputs: Values): Values => without(unset, asInputs(this.schema, token, outputs));
        const refreshed = oldInputs && withDrift(oldInputs, given(olds), given(properties));
        return Promise.resolve({ id: stored.id, properties, inputs: refreshed ?? imported });
    }

    async update(
        request: ResourceRequest & WriteOptions & { id: string; olds: Values; news: Values },
    ): Promise<Values> {
        const { token, id, preview, olds, news } = request;
        if (!preview) return this.stateOf(await this.write(request, id, news));
        if (this.previews === "foreseen") return this.foreseen(token, news).properties;
        const stable = Object.fromEntries(
            ["name", "location"].flatMap((key) => (key in olds ? [[key, olds[key]]] : [])),
        );
        return { ...this.previewOf(token, news), ...stable };
    }

    async delete({ id, timeoutSeconds }: ResourceRequest & { id: string; timeoutSeconds: number }): Promise<void> {
        await this.patiently(id, () =>
            this.azure.delete(id, { timeoutSeconds: timeoutSeconds || defaultTimeoutSeconds }),
        );
    }

    invoke(token: string, args: Values): Promise<Values> {
        const { subscriptionId, tenantId } = this.azure;
        if (token === "azure-native:authorization:getClientConfig") {
            const [clientId, objectId] = [
                "33333333-3333-4333-8333-333333333333",
                "44444444-4444-4444-8444-444444444444",
            ];
            return Promise.resolve({ subscriptionId, tenantId, clientId, objectId });
        }
        if (token === "azure-native:containerservice:listManagedClusterUserCredentials")
            return this.userCredentials(args);
        const type = token.replace(/:get(?=[A-Z][A-Za-z]*$)/, ":");
        if (type === token || !this.azure.types.find(type)) {
            return Promise.reject(new Error(`the sandbox does not know the function "${token}"`));
        }
        const id = this.azure.types.idOf(type, args, subscriptionId);
        const stored = this.azure.get(id);
        if (stored) return Promise.resolve(this.stateOf(stored));
        return Promise.reject(new AzureError(refusal(404, "ResourceNotFound", `The Resource '${id}' was not found.`)));
    }

    cancel(): void {
        this.azure.cancel();
    }

    /** As AKS with Entra ID gives them to users: the same for everyone, and no secret. */
    private async userCredentials(args: Values): Promise<Values> {
        const id = this.azure.types.idOf(clusterToken, args, this.azure.subscriptionId);
        if (!this.azure.get(id))
            throw new AzureError(refusal(404, "ResourceNotFound", `The Resource '${id}' was not found.`));
        if (!this.credentials) throw new Error("the sandbox's clusters have no control plane here");
        const value = Buffer.from(await this.credentials(id)).toString("base64");
        return { kubeconfigs: [{ name: "clusterUser", value }] };
    }

    /** Sends the PUT. When it was taken and its end not seen, what can be read goes into the state, as azure-native does. */
    private async write(request: ResourceRequest & WriteOptions, id: string, inputs: Values): Promise<Stored> {
        const { token } = request;
        const timeoutSeconds = request.timeoutSeconds || defaultTimeoutSeconds;
        try {
            return await this.patiently(id, () => this.azure.put(token, withoutVersion(inputs), { timeoutSeconds }));
        } catch (fault) {
            const stored = fault instanceof LostConnection && fault.readable ? this.azure.get(id) : undefined;
            if (fault instanceof Error && stored) {
                throw new PartialFailure(fault.message, stored.id, this.stateOf(stored), inputs);
            }
            throw fault;
        }
    }

    private async patiently<Answer>(key: string, send: () => Promise<Answer>): Promise<Answer> {
        for (const delay of retryDelaysSeconds) {
            try {
                return await send();
            } catch (fault) {
                if (!(fault instanceof AzureError) || !retriedCodes.has(fault.code)) throw fault;
                await this.azure.clock.wait(delay * jitter(key, delay) * 1000);
            }
        }
        return send();
    }

    private unforeseen(token: string, inputs: Values): { id: string; properties: Values } {
        return { id: "", properties: this.previewOf(token, inputs) };
    }

    private foreseen(token: string, inputs: Values): { id: string; properties: Values } {
        const stored = this.azure.foresee(token, withoutVersion(inputs));
        return { id: stored.id, properties: this.stateOf(stored) };
    }

    /** A preview's outputs: the inputs, and everything that only Azure's answer will tell as unknown. */
    private previewOf(token: string, inputs: Values): Values {
        const unknowns = this.shape(token).outputs.map((name): [string, unknown] => [name, unknown]);
        return { ...Object.fromEntries(unknowns), azureApiVersion: this.shape(token).apiVersion, ...inputs };
    }

    private stateOf(stored: Stored): Values {
        return { ...stored.outputs, azureApiVersion: this.shape(stored.token).apiVersion };
    }

    private shape(token: string): ResourceSchema {
        this.azure.types.get(token);
        const shape = this.schema.resources[token];
        if (!shape) throw new Error(`the sandbox has no shape for "${token}"; delete its schema file to make it anew`);
        return shape;
    }
}

/** The client's retries scatter by 0.8 to 1.3, here in the same way for the same resource. */
function jitter(key: string, delay: number): number {
    return 0.8 + (Number.parseInt(stableHex(`${key}\n${delay}`, 4), 16) / 0xffff) * 0.5;
}

function without(names: readonly string[], values: Values): Values {
    return Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));
}

function withoutVersion(inputs: Values): Values {
    return without(["azureApiVersion"], inputs);
}
