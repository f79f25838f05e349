import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSchema } from "../../sandbox/azure/schema";
import { azureTypes } from "../../sandbox/azure/types";
import { ensureSchema } from "../../tools/extract-schema";

const folder = mkdtempSync(join(tmpdir(), "mlplatform-schema-"));
const path = join(folder, "schema.json");
afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
});

test("takes the shapes of resources from the package's type declarations", () => {
    ensureSchema(path, ["azure-native:containerservice:AgentPool", "azure-native:network:Subnet"]);
    const { resources, types } = readSchema(path);
    const pool = resources["azure-native:containerservice:AgentPool"];
    expect(pool?.apiVersion).toMatch(/^20\d\d-\d\d-\d\d/);
    expect(pool?.inputs).toMatchObject({
        resourceName: { type: "string", required: true },
        count: { type: "number" },
        nodeTaints: { type: "array", items: { type: "string" } },
        nodeLabels: { type: "map", items: { type: "string" } },
        mode: { type: "string", values: ["System", "User", "Gateway"], open: true },
        gpuProfile: { type: "ref", ref: "containerservice.GPUProfileArgs" },
    });
    expect(pool?.inputs.count).not.toHaveProperty("required");
    expect(types["containerservice.GPUProfileArgs"]).toHaveProperty("driver");
    expect(resources["azure-native:network:Subnet"]?.outputs).toEqual(
        expect.arrayContaining(["provisioningState", "etag"]),
    );
});

test("is made once, and anew for other types or when it is broken", () => {
    const one = ["azure-native:network:Subnet"];
    ensureSchema(path, one);
    const made = statSync(path).mtimeMs;
    expect(ensureSchema(path, one)).toBe(false);
    expect(statSync(path).mtimeMs).toBe(made);
    expect(ensureSchema(path, [...one, "azure-native:network:RouteTable"])).toBe(true);
    writeFileSync(path, "{ broken");
    expect(ensureSchema(path, one)).toBe(true);
});

test("names a type that the package does not have", () => {
    expect(() => ensureSchema(join(folder, "other.json"), ["azure-native:network:Nonsense"])).toThrow(
        'no resource type "azure-native:network:Nonsense"',
    );
});

test("the inputs in every path, replace key and fixed property of the sandbox are inputs of the package", () => {
    ensureSchema(
        path,
        azureTypes.map(({ token }) => token),
    );
    const { resources, types } = readSchema(path);
    const wrong = azureTypes.flatMap(({ token, path: id, forceNew, immutable }) => {
        const inputs = resources[token]?.inputs ?? {};
        const parameters = [...id.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "");
        const names = parameters.filter((name) => name !== "subscriptionId" && !(name in inputs));
        const keys = [...forceNew, ...immutable.map((fixed) => fixed.path)].filter((key) => {
            let shape: Readonly<Record<string, { ref?: string; items?: { ref?: string } }>> | undefined = inputs;
            return key.split(".").some((part) => {
                const property: { ref?: string; items?: { ref?: string } } | undefined =
                    shape?.[part.replace("[]", "")];
                shape = types[property?.ref ?? property?.items?.ref ?? ""];
                return property === undefined;
            });
        });
        return [...names, ...keys].map((name) => `${token}: ${name}`);
    });
    expect(wrong).toEqual([]);
});
