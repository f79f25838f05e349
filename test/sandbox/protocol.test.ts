import { join } from "node:path";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { ManualClock } from "../../sandbox/azure/clock";
import type { FaultOptions } from "../../sandbox/azure/faults";
import { startSandbox } from "../../sandbox/sandbox";
import type { Sandbox } from "../../sandbox/sandbox";
import { azureTypes } from "../../sandbox/azure/types";
import { ensureSchema } from "../../tools/extract-schema";

type Json = Record<string, JavaScriptValue>;

const unknownMark = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const secret = (value: JavaScriptValue): JavaScriptValue => ({
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    value,
});
const urn = "urn:pulumi:dev::mlp::mlplatform:a:B$azure-native:resources:ResourceGroup::rg";
const group: Json = { resourceGroupName: "rg-a", location: "swedencentral", tags: { a: "1" } };
const id = "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg-a";

const folder = mkdtempSync(join(tmpdir(), "mlplatform-protocol-"));
const schemaPath = join(folder, "schema.json");
ensureSchema(
    schemaPath,
    azureTypes.map(({ token }) => token),
);
const running: { sandbox: Sandbox; client: ResourceProviderClient }[] = [];

async function serve(faults?: FaultOptions): Promise<{ client: ResourceProviderClient; sandbox: Sandbox }> {
    const options = { store: ":memory:", schemaPath, clock: new ManualClock(), ...(faults && { faults }) };
    const sandbox = await startSandbox(options);
    const client = new ResourceProviderClient(`127.0.0.1:${sandbox.port}`, grpc.credentials.createInsecure());
    running.push({ sandbox, client });
    return { client, sandbox };
}

afterEach(async () => {
    for (const { client, sandbox } of running.splice(0)) {
        client.close();
        await sandbox.stop();
    }
});
afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
});

/** One call as a promise. */
function call<Request, Response>(
    method: (request: Request, answer: (fault: grpc.ServiceError | null, response: Response) => void) => unknown,
    request: Request,
): Promise<Response> {
    return new Promise((resolve, reject) => {
        method(request, (fault, response) => {
            if (fault) reject(fault);
            else resolve(response);
        });
    });
}

const struct = (values: Json): Struct => Struct.fromJavaScript(values);

function create(client: ResourceProviderClient, inputs: Json, preview = false): Promise<messages.CreateResponse> {
    const request = new messages.CreateRequest().setUrn(urn).setProperties(struct(inputs)).setPreview(preview);
    return call(client.create.bind(client), request);
}

async function check(client: ResourceProviderClient, news: Json, type = urn): Promise<messages.CheckResponse> {
    return call(client.check.bind(client), new messages.CheckRequest().setUrn(type).setNews(struct(news)));
}

async function diff(client: ResourceProviderClient, oldInputs: Json, news: Json): Promise<messages.DiffResponse> {
    const request = new messages.DiffRequest().setUrn(urn).setId(id);
    request.setOldInputs(struct(oldInputs)).setOlds(struct(oldInputs)).setNews(struct(news));
    return call(client.diff.bind(client), request);
}

test("says that it previews, and leaves secrets to the engine", async () => {
    const { client } = await serve();
    const request = new messages.ConfigureRequest();
    const answer = await call<typeof request, messages.ConfigureResponse>(client.configure.bind(client), request);
    expect(answer.getSupportspreview()).toBe(true);
    expect(answer.getAcceptsecrets()).toBe(false);
});

test("refuses to be taken for another subscription", async () => {
    const { client } = await serve();
    const request = new messages.ConfigureRequest().setArgs(struct({ subscriptionId: "another" }));
    await expect(call(client.configure.bind(client), request)).rejects.toMatchObject({
        details: "azure-native:subscriptionId is another, the sandbox holds 11111111-1111-4111-8111-111111111111",
    });
});

test("a check names all faults, and lets pass what a preview does not know", async () => {
    const { client } = await serve();
    const bad = await check(client, { Location: "x", tags: { a: 1 } });
    expect(bad.getFailuresList().map((fault) => [fault.getProperty(), fault.getReason()])).toEqual([
        ["Location", "'Location' is not a property of the API; did you mean 'location'?"],
        ["tags.a", "'tags.a' must be a string, got 1"],
        ["resourceGroupName", "missing 'resourceGroupName': the sandbox makes no names up"],
    ]);
    const good = await check(client, { ...group, location: unknownMark, tags: secret({ a: unknownMark }) });
    expect(good.getFailuresList()).toEqual([]);
    expect(good.getInputs()?.toJavaScript()).toMatchObject({ location: unknownMark, tags: { a: unknownMark } });
});

test("an unknown type fails by name", async () => {
    const { client } = await serve();
    const type = "urn:pulumi:dev::mlp::azure-native:sql:Server::s";
    await expect(check(client, {}, type)).rejects.toMatchObject({
        details: expect.stringContaining('does not know the resource type "azure-native:sql:Server"') as string,
    });
});

test("a difference says what replaces", async () => {
    const { client } = await serve();
    expect((await diff(client, group, group)).getChanges()).toBe(messages.DiffResponse.DiffChanges.DIFF_NONE);
    const answer = await diff(client, group, { ...group, resourceGroupName: "rg-b", tags: { b: "2" } });
    expect(answer.getChanges()).toBe(messages.DiffResponse.DiffChanges.DIFF_SOME);
    expect(answer.getReplacesList()).toEqual(["resourceGroupName"]);
    expect(answer.getDeletebeforereplace()).toBe(true);
    const kinds: Record<string, messages.PropertyDiff.Kind> = {};
    answer.getDetaileddiffMap().forEach((entry, path) => {
        kinds[path] = entry.getKind();
    });
    const { Kind } = messages.PropertyDiff;
    expect(kinds).toEqual({
        resourceGroupName: Kind.UPDATE_REPLACE,
        "tags.a": Kind.DELETE,
        "tags.b": Kind.ADD,
    });
});

test("a preview knows the inputs and nothing that only Azure can tell", async () => {
    const { client, sandbox } = await serve();
    const answer = await create(client, group, true);
    expect(answer.getId()).toBe("");
    expect(answer.getProperties()?.toJavaScript()).toMatchObject({ location: "swedencentral", name: unknownMark });
    expect(sandbox.azure.list()).toEqual([]);
});

test("creates, refuses to create again, reads, and deletes", async () => {
    const { client } = await serve();
    const made = await create(client, group);
    expect(made.getId()).toBe(id);
    await expect(create(client, group)).rejects.toMatchObject({
        details: `cannot create already existing resource '${id}'`,
    });
    const read = (): Promise<messages.ReadResponse> =>
        call(client.read.bind(client), new messages.ReadRequest().setUrn(urn).setId(id));
    expect((await read()).getInputs()?.toJavaScript()).toMatchObject(group);
    await call(client.delete.bind(client), new messages.DeleteRequest().setUrn(urn).setId(id));
    expect((await read()).getId()).toBe("");
});

test("a connection lost on the way leaves a partial state, when the resource can be read", async () => {
    const { client, sandbox } = await serve({ seed: 1, rate: 1, kinds: ["lostReadable"] });
    const fault = await create(client, group).catch((thrown: unknown) => thrown as grpc.ServiceError);
    const [details] = (fault as grpc.ServiceError).metadata.get("grpc-status-details-bin");
    const [packed] = Status.deserializeBinary(details as Buffer).getDetailsList();
    expect(packed?.getTypeName()).toBe("pulumirpc.ErrorResourceInitFailed");
    const partial = messages.ErrorResourceInitFailed.deserializeBinary(packed?.getValue_asU8() ?? new Uint8Array());
    expect(partial.getId()).toBe(id);
    expect(partial.getInputs()?.toJavaScript()).toEqual(group);
    expect(partial.getProperties()?.toJavaScript()).toMatchObject({ location: "swedencentral" });
    expect(sandbox.azure.get(id)).toBeDefined();
});

test("a connection lost on the way leaves an orphan, when it cannot", async () => {
    const { client, sandbox } = await serve({ seed: 1, rate: 1, kinds: ["lostUnreadable"] });
    const fault = await create(client, group).catch((thrown: unknown) => thrown as grpc.ServiceError);
    expect((fault as grpc.ServiceError).metadata.get("grpc-status-details-bin")).toEqual([]);
    expect(sandbox.azure.get(id)).toBeDefined();
});

test("tells who asks and what there is, and names a function that it does not know", async () => {
    const { client } = await serve();
    const invoke = async (token: string, args: Record<string, JavaScriptValue> = {}): Promise<unknown> => {
        const request = new messages.InvokeRequest().setTok(token).setArgs(struct(args));
        const answer: messages.InvokeResponse = await call(client.invoke.bind(client), request);
        return answer.getReturn()?.toJavaScript();
    };
    expect(await invoke("azure-native:authorization:getClientConfig")).toMatchObject({
        tenantId: "22222222-2222-4222-8222-222222222222",
    });
    const asked = { resourceGroupName: "rg-a" };
    await expect(invoke("azure-native:resources:getResourceGroup", asked)).rejects.toMatchObject({
        details: expect.stringContaining('Status=404 Code="ResourceNotFound"') as string,
    });
    await create(client, group);
    expect(await invoke("azure-native:resources:getResourceGroup", asked)).toMatchObject({ id });
    await expect(invoke("azure-native:sql:getServer")).rejects.toMatchObject({
        details: 'the sandbox does not know the function "azure-native:sql:getServer"',
    });
});
