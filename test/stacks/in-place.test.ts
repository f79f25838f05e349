import { fixedFields, fixedProperties } from "../../components/cluster/pool-settings";
import { withValueAt, valueAt } from "../../sandbox/azure/properties";
import type { Properties } from "../../sandbox/azure/resource-type";
import { TypeTable } from "../../sandbox/azure/type-table";
import { azureTypes } from "../../sandbox/azure/types";
import { runHook, type Seen } from "../mocks";
import { azureResources } from "./built-foundation";
import { dev, prod } from "./good-settings";
import { hybridDev } from "./hybrid-settings";

// Every property that Azure would refuse to change in place, by the sandbox's tables (which follow Azure's pages and know
// nothing of the components): each must be a replacement, a pool of another name, or refused before anything is done.

jest.setTimeout(120_000);

const table = new TypeTable(azureTypes);
const agentPool = "azure-native:containerservice:AgentPool";
/** Fixed fields of a pool with everything, so that each says which property it becomes. */
const everyField = {
    ...fixedFields(
        { ...{ prefix: "t4", vmSize: "Standard_NC4as_T4_v3", zones: ["1"], minCount: 0, maxCount: 1 }, spot: true },
        "nodes",
    ),
    gpuDriver: "Install",
};
const config = {
    "mlplatform:runner": '{"kind":"azureDevOps"}',
    ...{ "mlplatform:userPools": '[{"prefix":"work","vmSize":"Standard_D4ds_v5","minCount":0,"maxCount":3}]' },
    "mlplatform:gpuPools":
        '[{"prefix":"t4","vmSize":"Standard_NC4as_T4_v3","use":"training","driver":"Install","minCount":0,"maxCount":2}]',
};

/** Something else of the same kind. */
function other(before: unknown): unknown {
    if (typeof before === "boolean") return !before;
    if (typeof before === "number") return before + 1;
    if (typeof before === "string") return `${before}x`;
    if (Array.isArray(before)) return [...(before as unknown[]), "x"];
    if (typeof before === "object" && before !== null) return { ...before, x: 1 };
    return "x";
}

const covers = (path: string, keys: Iterable<string>): boolean =>
    [...keys].some((key) => path === key || path.startsWith(`${key}.`) || path.startsWith(`${key}[`));

/** What the preview makes of that change; `update` is the answer that must not be. */
async function verdict(resource: Seen, path: string): Promise<string> {
    const { type, inputs, options } = resource;
    const before = valueAt(inputs, path);
    const after = other(before);
    if (covers(path, [...table.parameters(type), ...table.get(type).forceNew])) return "replaced by azure-native";
    if (covers(path, options.replaceOnChanges)) return "replaced";
    if (covers(path, options.ignoreChanges)) return "never sent";
    const changed = withValueAt(inputs, path, after) as Properties;
    for (const hook of options.hooks.filter((each) => each.endsWith("-frozen"))) {
        try {
            await runHook(hook, { oldInputs: inputs, newInputs: changed });
        } catch (fault) {
            return `refused: ${String(fault)}`;
        }
    }
    return "update";
}

describe.each([
    ["dev", dev],
    ["dev with ways to on-premises", hybridDev],
    ["dev with a team's own workspace", { ...dev, "mlplatform:teamWorkspaces": '["vision"]' }],
    ["prod", prod],
])("in %s", (_, settings) => {
    test("no change that Azure refuses is previewed as an update", async () => {
        const resources = await azureResources({ ...settings, ...config });
        const wrong: string[] = [];
        let checked = 0;
        for (const resource of resources) {
            if (resource.type === agentPool) continue; // see below
            for (const { path } of table.get(resource.type).immutable) {
                checked += 1;
                if ((await verdict(resource, path)) === "update") wrong.push(`${resource.type} ${path}`);
            }
        }
        expect([...new Set(wrong)]).toEqual([]);
        expect(checked).toBeGreaterThan(50);
    });

    test("a pool's name follows from every property that Azure never changes", async () => {
        const pools = (await azureResources({ ...settings, ...config })).filter(({ type }) => type === agentPool);
        expect(pools.length).toBe(3);
        const named = new Set([...Object.keys(fixedProperties(everyField)), "vnetSubnetID"]);
        const stated = pools.flatMap(({ inputs }) =>
            table.get(agentPool).immutable.filter(({ path }) => valueAt(inputs, path) !== undefined),
        );
        expect(stated.length).toBeGreaterThan(20);
        expect(stated.map(({ path }) => path.split(".")[0] ?? "").filter((property) => !named.has(property))).toEqual(
            [],
        );
    });
});
