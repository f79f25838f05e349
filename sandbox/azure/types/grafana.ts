import { regions } from "../../../facts/regions";
import { stableGuid, stableHex } from "../guid";
import { ancestorId, nameOf, parseId } from "../ids";
import { isObject } from "../properties";
import { refusal } from "../refusal";
import type { ResourceType } from "../resource-type";
import { first, isMissing, regional, strings, tagged } from "./common-rules";
import { endpointConnections, onWrite, regionOf, text, texts } from "./reading";
import { privateLinkTarget } from "./private-link-targets";

const learn = "https://learn.microsoft.com/azure/managed-grafana";
const grafanaPath =
    "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Dashboard/grafana/{workspaceName}";

const grafana: ResourceType = {
    token: "azure-native:dashboard:Grafana",
    path: grafanaPath,
    name: {
        pattern: /^[A-Za-z][A-Za-z0-9-]{0,21}[A-Za-z0-9]$/,
        rule: "2 to 23 letters, digits and hyphens, from a letter on, ending with a letter or digit",
        code: "InvalidResourceName",
        source: `${learn}/quickstart-managed-grafana-portal (code unverified)`,
    },
    forceNew: ["location"],
    immutable: [
        {
            path: "properties.zoneRedundancy",
            code: "BadRequest",
            source: `${learn}/how-to-enable-zone-redundancy (at creation only; code unverified)`,
        },
    ],
    rules: [
        ...regional,
        tagged,
        onWrite(`${learn}/overview#service-tiers (code unverified)`, ({ inputs }) => {
            const essential = text(inputs, "sku.name") === "Essential";
            const wants =
                text(inputs, "properties.zoneRedundancy") === "Enabled" ||
                text(inputs, "properties.publicNetworkAccess") === "Disabled";
            const message = "Zone redundancy and private endpoints need the tier Standard, got Essential.";
            return essential && wants && refusal(400, "BadRequest", message);
        }),
        onWrite(`${learn}/how-to-enable-zone-redundancy (code unverified)`, ({ inputs }) => {
            const asked = text(inputs, "properties.zoneRedundancy") === "Enabled";
            const message = `The region ${regionOf(inputs)} has no availability zones.`;
            return asked && regions[regionOf(inputs)]?.zones === false && refusal(400, "BadRequest", message);
        }),
        onWrite(`${learn}/how-to-connect-azure-monitor-workspace (code unverified)`, ({ inputs, azure }) =>
            first(
                strings(
                    inputs,
                    "properties.grafanaIntegrations.azureMonitorWorkspaceIntegrations.[].azureMonitorWorkspaceResourceId",
                ),
                (id) =>
                    isMissing(azure, id)
                        ? refusal(400, "BadRequest", `Azure Monitor workspace '${id}' could not be found.`)
                        : undefined,
            ),
        ),
    ],
    outputs: ({ id, inputs, azure }) => {
        const host = `${nameOf(id).toLowerCase()}-${stableHex(id, 10)}`;
        return {
            location: regionOf(inputs),
            identity: isObject(inputs.identity)
                ? { principalId: stableGuid(id, "principal"), tenantId: azure.tenantId }
                : undefined,
            properties: {
                provisioningState: "Succeeded",
                endpoint: `https://${host}.${regionOf(inputs)}.grafana.azure.com`,
                publicNetworkAccess: text(inputs, "properties.publicNetworkAccess") ?? "Enabled",
                zoneRedundancy: text(inputs, "properties.zoneRedundancy") ?? "Disabled",
                apiKey: text(inputs, "properties.apiKey") ?? "Disabled",
                deterministicOutboundIP: text(inputs, "properties.deterministicOutboundIP") ?? "Disabled",
                privateEndpointConnections: endpointConnections(azure, id),
            },
        };
    },
    view: ({ id }, azure) => ({ properties: { privateEndpointConnections: endpointConnections(azure, id) } }),
};

const privately = `${learn}/how-to-connect-to-data-source-privately`;

const managedPrivateEndpoint: ResourceType = {
    token: "azure-native:dashboard:ManagedPrivateEndpoint",
    path: `${grafanaPath}/managedPrivateEndpoints/{managedPrivateEndpointName}`,
    name: {
        pattern: /^[A-Za-z][A-Za-z0-9-]{0,18}[A-Za-z0-9]$/,
        rule: "2 to 20 letters, digits and hyphens, from a letter on, ending with a letter or digit",
        code: "InvalidResourceName",
        source: `${privately} (code unverified)`,
    },
    forceNew: ["location"],
    immutable: ["privateLinkResourceId", "groupIds", "privateLinkResourceRegion"].map((path) => ({
        ...{ path, code: "BadRequest" },
        source: `${privately} (code unverified)`,
    })),
    rules: [
        ...regional,
        tagged,
        onWrite(`${privately} (code unverified)`, ({ id, azure }) => {
            const tier = text(azure.find(ancestorId(id, 1))?.inputs, "sku.name");
            const message = `Managed private endpoints need the tier Standard, got ${tier ?? "none"}.`;
            return tier !== "Standard" && refusal(400, "BadRequest", message);
        }),
        onWrite(`${privately} (code unverified)`, ({ inputs, azure }) => {
            const target = text(inputs, "privateLinkResourceId") ?? "";
            const message = `The private link resource '${target}' could not be found.`;
            return isMissing(azure, target) && refusal(400, "BadRequest", message);
        }),
        onWrite(`${privately} (code unverified)`, ({ inputs }) => {
            const target = text(inputs, "privateLinkResourceId") ?? "";
            const groups = privateLinkTarget(parseId(target)?.type ?? "")?.groups;
            const wrong = texts(inputs, "groupIds").find((group) => groups && !Object.hasOwn(groups, group));
            const message = `'${target}' has no group '${wrong ?? ""}'.`;
            return wrong !== undefined && refusal(400, "BadRequest", message);
        }),
    ],
    outputs: ({ inputs }) => ({
        location: regionOf(inputs),
        // Until somebody approves it on the target.
        connectionState: { status: "Pending", description: text(inputs, "requestMessage") ?? "" },
    }),
};

export const grafanaTypes: readonly ResourceType[] = [grafana, managedPrivateEndpoint];
