import { stableGuid, stableHex } from "../guid";
import { nameOf, parentId, parseId, sameId } from "../ids";
import { isObject, valueAt } from "../properties";
import { refusal } from "../refusal";
import type { Properties, Refusal, ResourceType } from "../resource-type";
import { first, isMissing, regional, strings, tagged } from "./common-rules";
import { endpointConnections, onDelete, onWrite, records, regionOf, text, texts } from "./reading";

const learn = "https://learn.microsoft.com/azure/azure-monitor";
const names =
    "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftinsights";
const insights = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Insights";
const overview = `${learn}/data-collection/data-collection-endpoint-overview`;
const ruleToken = "azure-native:monitor:DataCollectionRule";
const associationToken = "azure-native:monitor:DataCollectionRuleAssociation";

const workspace: ResourceType = {
    token: "azure-native:monitor:AzureMonitorWorkspace",
    path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Monitor/accounts/{azureMonitorWorkspaceName}",
    name: {
        pattern: /^[A-Za-z0-9][A-Za-z0-9-]{2,42}[A-Za-z0-9]$/,
        rule: "4 to 44 letters, digits and hyphens, beginning and ending with a letter or digit",
        code: "InvalidResourceName",
        source: `${learn}/metrics/azure-monitor-workspace-manage (bounds and code unverified)`,
    },
    // From `x-ms-mutability` in the specification.
    forceNew: ["location"],
    immutable: [],
    rules: [...regional, tagged],
    outputs: ({ id, inputs, azure }) => {
        const [name, region] = [nameOf(id), regionOf(inputs)];
        // Azure makes an endpoint and a rule of its own in a group of its own.
        const group = `/subscriptions/${azure.subscriptionId}/resourceGroups/MA_${name}_${region}_managed/providers/Microsoft.Insights`;
        return {
            location: region,
            accountId: stableGuid(id, "account"),
            publicNetworkAccess: text(inputs, "publicNetworkAccess") ?? "Enabled",
            metrics: {
                internalId: `mac_${stableGuid(id, "metrics")}`,
                prometheusQueryEndpoint: `https://${name}-${stableHex(id, 4)}.${region}.prometheus.monitor.azure.com`,
            },
            defaultIngestionSettings: {
                dataCollectionEndpointResourceId: `${group}/dataCollectionEndpoints/${name}`,
                dataCollectionRuleResourceId: `${group}/dataCollectionRules/${name}`,
            },
            privateEndpointConnections: endpointConnections(azure, id),
        };
    },
    view: ({ id }, azure) => ({ privateEndpointConnections: endpointConnections(azure, id) }),
};

const endpoint: ResourceType = {
    token: "azure-native:monitor:DataCollectionEndpoint",
    path: `${insights}/dataCollectionEndpoints/{dataCollectionEndpointName}`,
    name: {
        pattern: /^[A-Za-z0-9][A-Za-z0-9-]{1,42}[A-Za-z0-9]$/,
        rule: "3 to 44 letters, digits and hyphens, beginning and ending with a letter or digit",
        code: "InvalidResourceName",
        source: `${names} (code unverified)`,
    },
    forceNew: ["location"],
    immutable: [],
    rules: [
        ...regional,
        tagged,
        onDelete(`${overview} (code unverified)`, ({ id, azure }) => {
            const users = [...azure.list(ruleToken), ...azure.list(associationToken)];
            const user = users.find(({ inputs }) => sameId(text(inputs, "dataCollectionEndpointId") ?? "", id));
            const message = `Data collection endpoint '${nameOf(id)}' is used by '${user?.id ?? ""}' and cannot be deleted.`;
            return user && refusal(409, "Conflict", message);
        }),
    ],
    outputs: ({ id, inputs }) => {
        const [region, host] = [regionOf(inputs), `${nameOf(id)}-${stableHex(id, 4)}`];
        return {
            location: region,
            immutableId: `dce-${stableHex(`${id} dce`, 32)}`,
            networkAcls: { publicNetworkAccess: text(inputs, "networkAcls.publicNetworkAccess") ?? "Enabled" },
            configurationAccess: { endpoint: `https://${host}.${region}-1.handler.control.monitor.azure.com` },
            logsIngestion: { endpoint: `https://${host}.${region}-1.ingest.monitor.azure.com` },
            metricsIngestion: { endpoint: `https://${host}.${region}-1.metrics.ingest.monitor.azure.com` },
        };
    },
};

const invalid = (message: string): Refusal =>
    refusal(400, "InvalidPayload", `Data collection rule is invalid: ${message}`);

/** Names of the destinations that a rule declares. */
function destinationsOf(inputs: Properties): string[] {
    const declared = valueAt(inputs, "destinations");
    if (!isObject(declared)) return [];
    return Object.values(declared).flatMap((some) =>
        (Array.isArray(some) ? (some as unknown[]) : [some]).flatMap((one) => text(one, "name") ?? []),
    );
}

/** Streams that a rule's sources give. */
function streamsOf(inputs: Properties): string[] {
    const sources = valueAt(inputs, "dataSources");
    if (!isObject(sources)) return [];
    return Object.values(sources).flatMap((some) =>
        Array.isArray(some) ? some.flatMap((source) => texts(source, "streams")) : [],
    );
}

const ruleStructure = `${learn}/data-collection/data-collection-rule-structure`;

const rule: ResourceType = {
    token: ruleToken,
    path: `${insights}/dataCollectionRules/{dataCollectionRuleName}`,
    name: {
        pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{1,62}[A-Za-z0-9]$/,
        rule: "3 to 64 letters, digits, dots, underscores and hyphens, beginning and ending with a letter or digit",
        code: "InvalidResourceName",
        source: `${names} (code unverified)`,
    },
    forceNew: ["location"],
    immutable: [{ path: "kind", code: "InvalidPayload", source: `${ruleStructure} (code unverified)` }],
    rules: [
        ...regional,
        tagged,
        onWrite(`${ruleStructure} (wording unverified)`, ({ inputs }) =>
            first(records(inputs, "dataFlows"), (flow) => {
                const missing = texts(flow, "destinations").find((one) => !destinationsOf(inputs).includes(one));
                return missing === undefined ? undefined : invalid(`destination '${missing}' is not declared.`);
            }),
        ),
        onWrite(`${ruleStructure} (wording unverified)`, ({ inputs }) =>
            first(records(inputs, "dataFlows"), (flow) => {
                const missing = texts(flow, "streams").find((one) => !streamsOf(inputs).includes(one));
                return missing === undefined ? undefined : invalid(`no source gives the stream '${missing}'.`);
            }),
        ),
        onWrite(`${ruleStructure} (wording unverified)`, ({ inputs, azure }) =>
            first(
                [
                    ...strings(inputs, "destinations.logAnalytics.[].workspaceResourceId"),
                    ...strings(inputs, "destinations.monitoringAccounts.[].accountResourceId"),
                    ...strings(inputs, "dataCollectionEndpointId"),
                ],
                (id) => (isMissing(azure, id) ? invalid(`'${id}' could not be found.`) : undefined),
            ),
        ),
        onWrite(`${overview}#regions (a rule is in the region of its destination; wording unverified)`, (request) => {
            const { inputs, azure } = request;
            const ids = [
                ...strings(inputs, "destinations.logAnalytics.[].workspaceResourceId"),
                ...strings(inputs, "dataCollectionEndpointId"),
            ];
            return first(ids, (id) => {
                const region = regionOf(azure.find(id)?.inputs);
                return region === "" || region === regionOf(inputs)
                    ? undefined
                    : invalid(`'${id}' is in ${region}, the rule in ${regionOf(inputs)}.`);
            });
        }),
    ],
    outputs: ({ id, inputs }) => ({ location: regionOf(inputs), immutableId: `dcr-${stableHex(`${id} dcr`, 32)}` }),
};

const associations = `${learn}/data-collection/data-collection-rule-associations`;
const configuration = "configurationAccessEndpoint";

const association: ResourceType = {
    token: associationToken,
    path: "{resourceUri}/providers/Microsoft.Insights/dataCollectionRuleAssociations/{associationName}",
    name: {
        pattern: /^[^*<>%&:?+/\\]{1,260}$/,
        rule: "1 to 260 characters, none of * < > % & : ? + / and backslash",
        code: "InvalidResourceName",
        source: `${names} (code unverified)`,
    },
    forceNew: [],
    immutable: [],
    rules: [
        onWrite(`${associations} (code unverified)`, ({ inputs }) => {
            const given = ["dataCollectionRuleId", "dataCollectionEndpointId"].filter(
                (path) => text(inputs, path) !== undefined,
            );
            const message = "Exactly one of dataCollectionRuleId and dataCollectionEndpointId must be given.";
            return given.length !== 1 && refusal(400, "InvalidPayload", message);
        }),
        onWrite(`${associations} (code unverified)`, ({ id, inputs }) => {
            const named = nameOf(id) === configuration;
            const wrong = named !== (text(inputs, "dataCollectionEndpointId") !== undefined);
            const message = `An association with an endpoint is named '${configuration}', and no other is.`;
            return wrong && refusal(400, "InvalidPayload", message);
        }),
        onWrite(`${associations} (code unverified)`, ({ inputs, azure }) => {
            const target = text(inputs, "dataCollectionRuleId") ?? text(inputs, "dataCollectionEndpointId") ?? "";
            const message = `'${target}' could not be found.`;
            return isMissing(azure, target) && refusal(404, "ResourceNotFound", message);
        }),
        onWrite(`${overview}#regions (an endpoint is in the region of what it serves; code unverified)`, (request) => {
            const { id, inputs, azure } = request;
            const served = regionOf(azure.find(parentId(id) ?? "")?.inputs);
            const region = regionOf(azure.find(text(inputs, "dataCollectionEndpointId") ?? "")?.inputs);
            const elsewhere = region !== "" && served !== "" && region !== served;
            const message = `The endpoint is in ${region}, '${parseId(parentId(id) ?? "")?.name ?? ""}' in ${served}.`;
            return elsewhere && refusal(400, "InvalidPayload", message);
        }),
    ],
    outputs: () => ({}),
};

export const dataCollectionTypes: readonly ResourceType[] = [workspace, endpoint, rule, association];
