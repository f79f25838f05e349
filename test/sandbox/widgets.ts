import { Azure } from "../../sandbox/azure/azure";
import type { AzureOptions } from "../../sandbox/azure/azure";
import { ManualClock } from "../../sandbox/azure/clock";
import { ancestorId } from "../../sandbox/azure/ids";
import { refusal } from "../../sandbox/azure/refusal";
import type { Properties, ResourceType } from "../../sandbox/azure/resource-type";

/** A made-up resource family that has each trait which the core must judge: names, soft delete, children, locks. */
export const tokens = {
    group: "azure-native:resources:ResourceGroup",
    lock: "azure-native:authorization:ManagementLockByScope",
    role: "azure-native:authorization:RoleAssignment",
    safe: "azure-native:test:Safe",
    drawer: "azure-native:test:Drawer",
    settings: "azure-native:test:SafeSettings",
    net: "azure-native:test:Net",
};

const inGroup = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers";
const plain = { forceNew: [], immutable: [], rules: [], outputs: () => ({}) };

export const widgetTypes: readonly ResourceType[] = [
    { ...plain, token: tokens.group, path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}" },
    { ...plain, token: tokens.lock, path: "/{scope}/providers/Microsoft.Authorization/locks/{lockName}" },
    { ...plain, token: tokens.role, path: "/{scope}/providers/Microsoft.Authorization/roleAssignments/{name}" },
    {
        ...plain,
        token: tokens.safe,
        path: `${inGroup}/Microsoft.Test/safes/{safeName}`,
        name: {
            pattern: /^[a-z]{3,8}$/,
            rule: "3 to 8 lowercase letters",
            code: "BadSafeName",
            global: true,
            source: "",
        },
        forceNew: ["sku.name"],
        immutable: [{ path: "metal", code: "MetalIsFixed", source: "" }],
        rules: [
            {
                on: ["create", "update"],
                source: "",
                refuse: ({ inputs }) => {
                    return inputs.colour === "pink" ? refusal(400, "NoPinkSafes", "Pink is not offered.") : undefined;
                },
            },
        ],
        outputs: ({ inputs }) => ({ metal: inputs.metal ?? "steel", door: { open: false } }),
        deletion: { softDeleteDays: () => 7, source: "" },
    },
    {
        ...plain,
        token: tokens.drawer,
        path: `${inGroup}/Microsoft.Test/safes/{safeName}/settings/default/drawers/{drawerName}`,
        exclusiveOn: (id) => ancestorId(id, 1),
    },
    {
        ...plain,
        token: tokens.settings,
        path: `${inGroup}/Microsoft.Test/safes/{safeName}/settings/{settingsName}`,
        deletion: "reset",
    },
    { ...plain, token: tokens.net, path: `${inGroup}/Microsoft.Network/virtualNetworks/{netName}` },
];

export const inputs = {
    group: { resourceGroupName: "rg", location: "swedencentral" },
    safe: { resourceGroupName: "rg", safeName: "alpha" },
    drawer: { resourceGroupName: "rg", safeName: "alpha", drawerName: "top" },
    net: { resourceGroupName: "rg", netName: "net" },
} satisfies Record<string, Properties>;

/** An Azure of widgets on a clock that tests move. */
export function openWidgets(options: Partial<AzureOptions> = {}): { azure: Azure; clock: ManualClock } {
    const clock = new ManualClock();
    return { azure: Azure.open({ store: ":memory:", types: widgetTypes, clock, ...options }), clock };
}

export const root = "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg";
export const safeId = `${root}/providers/Microsoft.Test/safes/alpha`;
