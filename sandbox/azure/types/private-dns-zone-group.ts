import { isAtOrBelow, nameOf, parentId, sameId } from "../ids";
import { valueAt, valuesAt } from "../properties";
import { refusal } from "../refusal";
import type { Properties, Refusal, ResourceType, Subscription } from "../resource-type";
import { first, isMissing, networkName, repeated } from "./common-rules";
import { connectionsOf, endpointPath, targetOf } from "./private-endpoint";
import { zoneFits } from "./private-link-targets";
import { onCreate, onWrite, records, text } from "./reading";
import { etag } from "./subnets";

const zoneGroupPage = "https://learn.microsoft.com/azure/private-link/private-endpoint-dns-integration";

/** Zones given to the group, by configuration. */
const zonesOf = (inputs: Properties): { name: string; zoneId: string }[] =>
    records(inputs, "privateDnsZoneConfigs").map((config) => ({
        name: text(config, "name") ?? "",
        zoneId: text(config, "privateDnsZoneId") ?? "",
    }));

function invalidZones(id: string, zoneId: string): Refusal {
    const message = `Private Dns Zone group ${id} has invalid private dns zone ids ${zoneId}.`;
    return refusal(400, "InvalidPrivateDnsZoneIds", message);
}

/** Zones in which the endpoint's names are looked up; undefined when its target is not known here. */
function expectedZones(azure: Subscription, endpointId: string): readonly string[] | undefined {
    const endpoint = azure.find(endpointId);
    const [connection] = endpoint ? connectionsOf(endpoint) : [];
    return targetOf(connection?.targetId ?? "")?.groups[connection?.groups[0] ?? ""];
}

export const zoneGroup: ResourceType = {
    token: "azure-native:network:PrivateDnsZoneGroup",
    path: `${endpointPath}/privateDnsZoneGroups/{privateDnsZoneGroupName}`,
    name: networkName(1, 80),
    forceNew: [],
    immutable: [],
    rules: [
        onCreate("https://github.com/pulumi/pulumi-azure-native/issues/2179", ({ id, azure }) => {
            const endpoint = parentId(id) ?? "";
            const others = azure
                .list("azure-native:network:PrivateDnsZoneGroup")
                .filter((other) => !sameId(other.id, id));
            const message = `Cannot create more than one private dns zone groups in the private endpoint ${endpoint}.`;
            const second = others.some((other) => isAtOrBelow(other.id, endpoint));
            return second && refusal(400, "MoreThanOnePrivateDnsZoneGroupPerPrivateEndpointNotAllowed", message);
        }),
        onWrite("https://github.com/pulumi/pulumi-azure-native/issues/2431", ({ inputs }) => {
            const nameless = zonesOf(inputs).some(({ name }) => name === "");
            return nameless && refusal(400, "InvalidRequestFormat", "Cannot parse the request.");
        }),
        onWrite(
            "https://learn.microsoft.com/azure/private-link/private-endpoint-dns-integration; code unverified",
            ({ id, inputs }) => {
                const twins = repeated(zonesOf(inputs), ({ name }) => name.toLowerCase());
                const message = `Resource ${id} has two child resources with the same name (${twins?.[0].name ?? ""}).`;
                return twins && refusal(400, "InvalidRequestFormat", message);
            },
        ),
        onWrite(`${zoneGroupPage} (at most five zones in a group); code unverified`, ({ id, inputs }) => {
            const count = zonesOf(inputs).length;
            const message = `Private Dns Zone group ${id} has ${count} zones, at most 5 are allowed.`;
            return count > 5 && refusal(400, "InvalidPrivateDnsZoneIds", message);
        }),
        onWrite("https://github.com/Azure/missionlz/issues/1029", ({ id, inputs, azure }) =>
            first(zonesOf(inputs), ({ zoneId }) => {
                const isZone = /\/providers\/Microsoft\.Network\/privateDnsZones\/[^/]+$/i.test(zoneId);
                return !isZone || isMissing(azure, zoneId) ? invalidZones(id, zoneId) : undefined;
            }),
        ),
    ],
    outputs: ({ id, inputs, azure }) => {
        const endpointId = parentId(id) ?? "";
        const dns = valuesAt(azure.find(endpointId)?.outputs, "customDnsConfigs.[]");
        const expected = expectedZones(azure, endpointId);
        return {
            etag: etag(id, inputs),
            privateDnsZoneConfigs: records(inputs, "privateDnsZoneConfigs").map((config) => {
                const zone = nameOf(text(config, "privateDnsZoneId") ?? "");
                // A zone in which nobody looks the names up is accepted and stays empty, without a word.
                // https://github.com/Azure/bicep/issues/12885
                const empty = expected !== undefined && !zoneFits(expected, zone);
                return { ...config, recordSets: empty ? [] : dns.map((entry) => recordSet(entry, zone)) };
            }),
        };
    },
};

/** The record of one host name in a `privatelink` zone. */
function recordSet(entry: unknown, zone: string): Properties {
    const host = text(entry, "fqdn") ?? "";
    const suffix = `.${zone.replace(/^privatelink\./, "").replace("vaultcore", "vault")}`;
    const recordSetName = host.endsWith(suffix) ? host.slice(0, -suffix.length) : host;
    return {
        recordType: "A",
        recordSetName,
        fqdn: `${recordSetName}.${zone}`,
        ttl: 10,
        provisioningState: "Succeeded",
        ipAddresses: valueAt(entry, "ipAddresses"),
    };
}
