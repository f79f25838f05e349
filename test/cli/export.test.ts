import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { deployed, Planned } from "../../cli/export";

const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:aGlkZGVu" };
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const type = "azure-native:storage:StorageAccount";
const key = "urn:pulumi:dev::mlplatform::azure-native:keyvault:Key::data";
const urn = `urn:pulumi:dev::mlplatform::${type}::data`;

test("deployed resources are told with secrets masked at any depth, and nothing that could decrypt them", () => {
    const resource = {
        urn,
        type,
        custom: true,
        id: "/id",
        inputs: { keys: [{ value: secret }], sku: "x" },
        outputs: { secret },
        propertyDependencies: { keys: [], sku: null, encryption: [key] },
    };
    const [told] = deployed({ version: 3, deployment: { resources: [resource] } });
    expect(told).toEqual({
        ...{ type, name: "data", urn, id: "/id" },
        inputs: { keys: [{ value: "[secret]" }], sku: "x" },
        outputs: { secret: "[secret]" },
        references: { encryption: [key] },
    });
    expect(JSON.stringify(told)).not.toContain("aGlkZGVu");
});

test("components, providers and what is to be deleted are no resources of Azure's", () => {
    const resources = [
        { urn, type: "mlplatform:storage:Storage", custom: false },
        { urn, type: "pulumi:providers:azure-native", custom: true },
        { urn, type, custom: true, delete: true },
    ];
    expect(deployed({ version: 3, deployment: { resources } })).toEqual([]);
});

test("planned resources say what is not known before the update, and from the saved plan where it will come from", () => {
    const planned = new Planned();
    const made = {
        urn,
        type,
        custom: true,
        id: "",
        parent: "",
        inputs: { accountName: "data" },
        outputs: { key: unknown },
    };
    const event = { resOutputsEvent: { metadata: { op: "create", urn, type, provider: "p", new: made } } };
    planned.onEvent(event as unknown as EngineEvent);
    const plan = { resourcePlans: { [urn]: { goal: { propertyDependencies: { accountName: [], key: [key] } } } } };
    expect(planned.resources(plan)).toEqual([
        {
            ...{ type, name: "data", urn, inputs: { accountName: "data" }, outputs: { key: "[unknown]" } },
            references: { key: [key] },
        },
    ]);
});
