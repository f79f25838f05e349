import { ancestorId, nameOf, parseId, sameId } from "../ids";
import { refusal } from "../refusal";
import type { ResourceType } from "../resource-type";
import { globalOnly, isMissing, tagged } from "./common-rules";
import { endpointConnections, onDelete, onWrite, text } from "./reading";

const design = "https://learn.microsoft.com/azure/azure-monitor/fundamentals/private-link-design";
const scopePath =
    "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Insights/privateLinkScopes/{scopeName}";
const scopedToken = "azure-native:monitor:PrivateLinkScopedResource";

const scope: ResourceType = {
    token: "azure-native:monitor:PrivateLinkScope",
    path: scopePath,
    name: {
        pattern: /^[A-Za-z0-9._()-]{0,254}[A-Za-z0-9_()-]$/,
        rule: "1 to 255 letters, digits, dots, underscores, hyphens and parentheses, not ending with a dot",
        code: "InvalidResourceName",
        source: "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftinsights (code unverified)",
    },
    forceNew: ["location"],
    immutable: [],
    rules: [
        ...globalOnly,
        tagged,
        onDelete(`${design} (code unverified)`, ({ id, azure }) => {
            const linked = endpointConnections(azure, id).length > 0;
            const message = `Private link scope '${nameOf(id)}' has private endpoint connections; delete them first.`;
            return linked && refusal(409, "Conflict", message);
        }),
    ],
    outputs: ({ id, inputs, azure }) => ({
        location: "global",
        accessModeSettings: {
            ingestionAccessMode: text(inputs, "accessModeSettings.ingestionAccessMode") ?? "Open",
            queryAccessMode: text(inputs, "accessModeSettings.queryAccessMode") ?? "Open",
        },
        privateEndpointConnections: endpointConnections(azure, id),
    }),
    view: ({ id }, azure) => ({ privateEndpointConnections: endpointConnections(azure, id) }),
};

/** What a scope can hold. */
const scopeable = [
    "microsoft.operationalinsights/workspaces",
    "microsoft.insights/components",
    "microsoft.insights/datacollectionendpoints",
];

const scoped: ResourceType = {
    token: scopedToken,
    path: `${scopePath}/scopedResources/{name}`,
    name: {
        pattern: /^[^*<>%&:?+/\\]{1,260}$/,
        rule: "1 to 260 characters, none of * < > % & : ? + / and backslash",
        code: "InvalidResourceName",
        source: "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftinsights (code unverified)",
    },
    forceNew: [],
    immutable: [{ path: "linkedResourceId", code: "BadRequest", source: `${design} (code unverified)` }],
    rules: [
        onWrite(`${design} (code unverified)`, ({ inputs }) => {
            const linked = text(inputs, "linkedResourceId") ?? "";
            const fits = scopeable.includes(parseId(linked)?.type.toLowerCase() ?? "");
            const message = `'${linked}' cannot be part of a private link scope.`;
            return !fits && refusal(400, "BadRequest", message);
        }),
        onWrite(`${design} (code unverified)`, ({ inputs, azure }) => {
            const linked = text(inputs, "linkedResourceId") ?? "";
            return isMissing(azure, linked) && refusal(404, "ResourceNotFound", `'${linked}' could not be found.`);
        }),
        onWrite(`${design} (once in a scope; code unverified)`, ({ id, inputs, azure }) => {
            const linked = text(inputs, "linkedResourceId") ?? "";
            const twin = azure.list(scopedToken).find((other) => {
                const inSame = sameId(ancestorId(other.id, 1), ancestorId(id, 1)) && !sameId(other.id, id);
                return inSame && sameId(text(other.inputs, "linkedResourceId") ?? "", linked);
            });
            const message = `'${linked}' is in the scope already, as '${nameOf(twin?.id ?? "")}'.`;
            return twin && refusal(409, "Conflict", message);
        }),
    ],
    outputs: () => ({}),
};

export const monitorScopeTypes: readonly ResourceType[] = [scope, scoped];
