import { valueAt } from "../../sandbox/azure/properties";
import { TypeTable } from "../../sandbox/azure/type-table";
import { azureTypes } from "../../sandbox/azure/types";
import { logCategoriesOf } from "../../sandbox/azure/types/log-categories";
import type { Seen } from "../mocks";
import { azureResources } from "./built-foundation";
import { dev, prod } from "./good-settings";
import { hybridDev } from "./hybrid-settings";

// By the sandbox's tables, which follow Azure's pages: whatever logs has a setting, and every setting's categories exist.

jest.setTimeout(120_000);

const table = new TypeTable(azureTypes);
const setting = "azure-native:monitor:DiagnosticSetting";

/** Ids, as the mocks make them (several resources of one name share one), of what a resource lets be watched, with the types of those parts. */
function watchable({ type, name }: Seen): { id: string; armType: string }[] {
    const armType = table.armType(type);
    const own = { id: `/id/${name}`, armType };
    if (armType !== "Microsoft.Storage/storageAccounts") return [own];
    const parts = ["blobServices", "fileServices", "queueServices", "tableServices"];
    return parts.map((part) => ({ id: `${own.id}/${part}/default`, armType: `${armType}/${part}` }));
}
/** Settings of an account's services are made for the account; these resources are how two of them are set up. */
const setUp = /:(BlobServiceProperties|FileServiceProperties)$/;

describe.each([
    ["dev", dev],
    ["dev behind a firewall", { ...dev, "mlplatform:egress": '{"kind":"firewall"}' }],
    ["dev with ways to on-premises", hybridDev],
    ["prod", prod],
])("in %s", (_, config) => {
    test("everything that logs has a diagnostic setting, and it is known of every type whether it does", async () => {
        const resources = await azureResources(config);
        const watched = resources.filter(({ type }) => type === setting).map(({ inputs }) => inputs.resourceUri);
        const parts = resources.filter(({ type }) => !setUp.test(type)).flatMap(watchable);
        expect(parts.filter(({ armType }) => logCategoriesOf(armType) === undefined)).toEqual([]);
        const logging = parts.filter(({ armType }) => (logCategoriesOf(armType)?.logs.length ?? 0) > 0);
        const count = (ids: unknown[], id: string): number => ids.filter((one) => one === id).length;
        const ids = logging.map(({ id }) => id);
        expect(logging.filter(({ id }) => count(watched, id) !== count(ids, id))).toEqual([]);
        expect(watched.length).toBeGreaterThanOrEqual(18);
    });

    test("every category exists for its type", async () => {
        const resources = await azureResources(config);
        const parts = resources.flatMap(watchable);
        for (const { inputs } of resources.filter(({ type }) => type === setting)) {
            const types = parts.filter(({ id }) => id === inputs.resourceUri).map(({ armType }) => armType);
            const documented = types.map(logCategoriesOf);
            const asked = valueAt(inputs, "logs") as { category: string }[];
            expect(asked.filter(({ category }) => !documented.some((type) => type?.logs.includes(category)))).toEqual(
                [],
            );
            const metrics = valueAt(inputs, "metrics") as object[];
            expect(metrics.length === 0 || documented.some((type) => type?.metrics)).toBe(true);
        }
    });
});
