import * as pulumi from "@pulumi/pulumi";
import * as resproto from "@pulumi/pulumi/proto/resource_pb";
import { getCallbacks, getMonitor } from "@pulumi/pulumi/runtime";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

/** A resource as it was registered: what the program said of it, and how. */
export interface Seen {
    type: string;
    name: string;
    inputs: Record<string, unknown>;
    options: {
        protect: boolean;
        /** URNs of all that it waits for. */
        dependsOn: string[];
        replaceOnChanges: string[];
        ignoreChanges: string[];
        deleteBeforeReplace: boolean;
        timeouts: { create: string; update: string; delete: string };
        /** Names of the hooks bound to it. */
        hooks: string[];
    };
    /** Where it is in the stack; empty until the engine has it. */
    urn: string;
    /** URNs of what each property comes from. */
    comesFrom: Record<string, readonly string[]>;
}

/** Every resource registered in the current test, in order of registration. */
export const seen: Seen[] = [];

/** Azure's answers: outputs beyond the inputs, by type. */
const answers: Record<string, (args: Pick<Seen, "name" | "inputs">) => Record<string, unknown>> = {
    "azure-native:managedidentity:UserAssignedIdentity": ({ name }) => ({
        clientId: `${name}-client`,
        principalId: `${name}-principal`,
    }),
    "azure-native:keyvault:Vault": ({ inputs }) => ({
        properties: {
            ...(inputs.properties as object),
            vaultUri: `https://${String(inputs.vaultName)}.vault.azure.net/`,
        },
    }),
    "azure-native:keyvault:Key": ({ inputs }) => {
        const keyUri = `https://${String(inputs.vaultName)}.vault.azure.net/keys/${String(inputs.keyName)}`;
        return { name: inputs.keyName, keyUri, keyUriWithVersion: `${keyUri}/${"0".repeat(32)}` };
    },
    "azure-native:machinelearningservices:Workspace": ({ inputs }) => ({
        mlFlowTrackingUri: `azureml://${String(inputs.workspaceName)}`,
        serviceProvisionedResourceGroup: `azureml-rg-${String(inputs.workspaceName)}`,
    }),
    "azure-native:monitor:AzureMonitorWorkspace": ({ name }) => ({
        metrics: { prometheusQueryEndpoint: `https://${name}.prometheus.monitor.azure.com` },
    }),
    "azure-native:network:PublicIPAddress": () => ({ ipAddress: "20.0.0.4" }),
    "azure-native:network:AzureFirewall": () => ({ ipConfigurations: [{ privateIPAddress: "10.20.8.4" }] }),
    "azure-native:dashboard:Grafana": ({ name, inputs }) => ({
        identity: { principalId: `${name}-principal` },
        properties: { ...(inputs.properties as object), endpoint: "https://grafana" },
    }),
    "azure-native:containerregistry:Registry": ({ inputs }) => ({
        loginServer: `${String(inputs.registryName)}.azurecr.io`,
    }),
    "docker:index/image:Image": ({ inputs }) => ({
        repoDigest: `${String(inputs.imageName).replace(/:[^:/]*$/, "")}@sha256:${"d".repeat(64)}`,
    }),
    "azure-native:storage:StorageAccount": ({ inputs }) => {
        const services = ["blob", "file", "dfs", "queue", "table"];
        const url = (service: string): string => `https://${String(inputs.accountName)}.${service}.core.windows.net/`;
        return { primaryEndpoints: Object.fromEntries(services.map((service) => [service, url(service)])) };
    },
};

// One monitor per test file: a refused component still reports in late, and must find its own monitor.
beforeAll(async () => {
    // Pulumi takes a stack trace with every promise, and a whole one with every resource; jest maps each frame to its
    // source. That is half of a test's time, for traces that nobody reads.
    Error.stackTraceLimit = 4;
    Object.assign(pulumi.Resource, { callsites: () => [] });
    await pulumi.runtime.setMocks(
        {
            newResource: (args) => {
                const outputs = answers[args.type]?.(args) ?? {};
                const inputs = args.inputs as Record<string, unknown>;
                return { id: `/id/${args.name}`, state: { name: args.name, ...inputs, ...outputs } };
            },
            call: (args) => {
                throw new Error(`unexpected invoke ${args.token}`);
            },
        },
        "mlplatform",
        "test",
    );
    record(getMonitor() as unknown as Monitor);
});
beforeEach(() => {
    seen.length = 0;
});
afterAll(() => getCallbacks()?.shutdown());

/** Hooks registered so far, by name. */
const hooks = new Map<string, string>();

/**
 * Calls a registered hook as the engine would: with inputs over the wire. Rejects with what the hook throws.
 */
export async function runHook(name: string, call: HookCall): Promise<void> {
    const token = hooks.get(name);
    if (token === undefined) throw new Error(`no hook ${name}, there are ${[...hooks.keys()].join(", ")}`);
    const { _callbacks } = getCallbacks() as unknown as {
        _callbacks: Map<string, (bytes: Uint8Array) => Promise<Reply>>;
    };
    const request = call.errors ? errorRequest(call) : hookRequest(call);
    const reply = await _callbacks.get(token)?.(request.serializeBinary());
    if (reply?.getError()) throw new Error(reply.getError());
}
interface Reply {
    getError(): string;
}
interface HookCall {
    oldInputs?: object;
    newInputs?: object;
    /** For an error hook: what Azure said, newest first. */
    errors?: string[];
}

function hookRequest({ oldInputs, newInputs }: HookCall): resproto.ResourceHookRequest {
    const request = new resproto.ResourceHookRequest();
    if (oldInputs) request.setOldInputs(Struct.fromJavaScript({ ...oldInputs }));
    if (newInputs) request.setNewInputs(Struct.fromJavaScript({ ...newInputs }));
    return request;
}

function errorRequest({ newInputs = {}, errors = [] }: HookCall): resproto.ErrorHookRequest {
    const request = new resproto.ErrorHookRequest();
    request.setNewInputs(Struct.fromJavaScript({ ...newInputs }));
    request.setFailedOperation("create");
    request.setErrorsList(errors);
    return request;
}

type Answer = (error: Error | null, response: unknown) => void;
interface Monitor {
    registerResource(request: resproto.RegisterResourceRequest, answer: Answer): Promise<void>;
    registerResourceHook?(request: resproto.RegisterResourceHookRequest, answer: Answer): void;
    registerErrorHook?(request: resproto.RegisterErrorHookRequest, answer: Answer): void;
}

/** Mocks see type, name and inputs; the options are in the request they are made from. */
function record(monitor: Monitor): void {
    const register = monitor.registerResource.bind(monitor);
    monitor.registerResource = async (request, answer) => {
        const timeouts = request.getCustomtimeouts();
        const bound = request.getHooks()?.toObject() ?? {};
        const one: Seen = {
            urn: "",
            comesFrom: {},
            type: request.getType(),
            name: request.getName(),
            inputs: request.getObject()?.toJavaScript() ?? {},
            options: {
                protect: request.getProtect() ?? false,
                dependsOn: request.getDependenciesList(),
                replaceOnChanges: request.getReplaceonchangesList(),
                ignoreChanges: request.getIgnorechangesList(),
                deleteBeforeReplace: request.getDeletebeforereplace(),
                timeouts: {
                    create: timeouts?.getCreate() ?? "",
                    update: timeouts?.getUpdate() ?? "",
                    delete: timeouts?.getDelete() ?? "",
                },
                hooks: Object.values(bound).flat() as string[],
            },
        };
        request.getPropertydependenciesMap().forEach((of: { getUrnsList(): string[] }, property: string) => {
            one.comesFrom[property] = of.getUrnsList();
        });
        seen.push(one);
        return register(request, (error, response) => {
            one.urn = (response as { getUrn(): string } | null)?.getUrn() ?? "";
            answer(error, response);
        });
    };
    // The mock monitor knows no hooks: note them, for tests to call.
    monitor.registerResourceHook = monitor.registerErrorHook = (request, answer) => {
        hooks.set(request.getName(), request.getCallback()?.getToken() ?? "");
        answer(null, {});
    };
}

/** The one resource of `type` in this test, or of that name among several. */
export function only(type: string, name?: string): Seen {
    const token = /^(mlplatform|kubernetes):/.test(type) ? type : `azure-native:${type}`;
    const [found, ...others] = all(token).filter((resource) => name === undefined || resource.name === name);
    if (found === undefined || others.length > 0)
        throw new Error(
            `expected one ${token} ${name ?? ""}, saw ${seen.map((r) => `${r.name} ${r.type}`).join(", ")}`,
        );
    return found;
}

/** Every resource of `type` in this test. */
export function all(type: string): Seen[] {
    const token = type.includes(":", type.indexOf(":") + 1) ? type : `azure-native:${type}`;
    return seen.filter((resource) => resource.type === token);
}

/** Resolves an output; awaiting what a component is gated on waits for everything before it. */
export const value = <T>(output: pulumi.Output<T>): Promise<T> => new Promise((done) => output.apply(done));
