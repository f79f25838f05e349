import { nameOf, parentId, parseId, sameId } from "../ids";
import { refusal } from "../refusal";
import type { Properties, Request, ResourceType, Stored } from "../resource-type";
import { first, isMissing } from "./common-rules";
import { logCategoriesOf } from "./log-categories";
import { flag, onCreate, onWrite, records, text } from "./reading";

const page = "https://learn.microsoft.com/azure/azure-monitor/platform/diagnostic-settings";
const token = "azure-native:monitor:DiagnosticSetting";
const sinks = ["workspaceId", "storageAccountId", "eventHubAuthorizationRuleId", "marketplacePartnerId"] as const;

const enabled = (inputs: Properties, path: "logs" | "metrics"): string[] =>
    records(inputs, path)
        .filter((entry) => flag(entry, "enabled"))
        .map((entry) => text(entry, "category") ?? text(entry, "categoryGroup") ?? "");

function siblings({ id, azure }: Request): Stored[] {
    const parent = parentId(id) ?? "";
    return azure.list(token).filter((other) => !sameId(other.id, id) && sameId(parentId(other.id) ?? "", parent));
}

const typeOf = (id: string): string => parseId(parentId(id) ?? "")?.type ?? "";

const setting: ResourceType = {
    token,
    path: "{resourceUri}/providers/Microsoft.Insights/diagnosticSettings/{name}",
    name: {
        pattern: /^[^*<>%&:?+/\\]{1,260}$/,
        rule: "1 to 260 characters, none of * < > % & : ? + / and backslash",
        code: "BadRequest",
        source: "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftinsights (code unverified)",
    },
    forceNew: [],
    immutable: [],
    rules: [
        onWrite(`${page} (code unverified)`, ({ inputs }) => {
            const none = !sinks.some((sink) => text(inputs, sink) !== undefined);
            return none && refusal(400, "BadRequest", "At least one data sink needs to be specified.");
        }),
        onWrite(`${page} (code unverified)`, ({ inputs }) => {
            const none = enabled(inputs, "logs").length + enabled(inputs, "metrics").length === 0;
            return none && refusal(400, "BadRequest", "At least one category of logs or metrics must be enabled.");
        }),
        onWrite(`${page}#category-groups (code unverified)`, ({ inputs }) => {
            const mixed = records(inputs, "logs").some(
                (entry) => text(entry, "category") !== undefined && text(entry, "categoryGroup") !== undefined,
            );
            return mixed && refusal(400, "BadRequest", "An entry names a category or a category group, not both.");
        }),
        // Text: https://github.com/Azure/azure-policy/issues/741
        onWrite("https://learn.microsoft.com/azure/azure-monitor/reference/logs-index", ({ id, inputs }) =>
            first(records(inputs, "logs"), (entry) => {
                const category = text(entry, "category");
                const known = logCategoriesOf(typeOf(id))?.logs;
                if (category === undefined || known === undefined || known.includes(category)) return undefined;
                return refusal(400, "BadRequest", `Category '${category}' is not supported.`);
            }),
        ),
        onWrite("https://learn.microsoft.com/azure/azure-monitor/reference/metrics-index", ({ id, inputs }) => {
            const [category] = enabled(inputs, "metrics");
            const without = logCategoriesOf(typeOf(id))?.metrics === false;
            const message = `Metric category '${category ?? ""}' is not supported.`;
            return category !== undefined && without && refusal(400, "BadRequest", message);
        }),
        onWrite(`${page} (code unverified)`, ({ inputs, azure }) => {
            const workspaceId = text(inputs, "workspaceId");
            const missing = workspaceId !== undefined && isMissing(azure, workspaceId);
            const message = `The workspace '${workspaceId ?? ""}' could not be found.`;
            return missing && refusal(404, "ResourceNotFound", message);
        }),
        onCreate(`${page} (at most five; code unverified)`, (request) => {
            const full = siblings(request).length >= 5;
            const message = `The limit of 5 diagnostic settings was reached. To create new diagnostic setting, delete an existing one.`;
            return full && refusal(400, "BadRequest", message);
        }),
        // Text: https://github.com/hashicorp/terraform-provider-azurerm/issues/10388
        onWrite("https://github.com/hashicorp/terraform-provider-azurerm/issues/10388", (request) => {
            for (const other of siblings(request)) {
                const sink = sinks.find((one) => {
                    const asked = text(request.inputs, one);
                    return asked !== undefined && sameId(asked, text(other.inputs, one) ?? "");
                });
                const taken = enabled(other.inputs, "logs");
                const shared = enabled(request.inputs, "logs").find((category) => taken.includes(category));
                if (sink === undefined || shared === undefined) continue;
                const message = `Data sink '${text(request.inputs, sink) ?? ""}' is already used in diagnostic setting '${nameOf(other.id)}' for category '${shared}'. Diagnostic settings can't reuse the same sink for the same category.`;
                return refusal(409, "Conflict", message);
            }
            return undefined;
        }),
    ],
    outputs: () => ({}),
};

export const diagnosticTypes: readonly ResourceType[] = [setting];
