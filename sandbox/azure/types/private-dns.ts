import { isAtOrBelow, nameOf, parentId, sameId, subscriptionOf } from "../ids";
import { refusal } from "../refusal";
import type { Request, ResourceType, Stored } from "../resource-type";
import { globalOnly, isMissing, networkName, tagged } from "./common-rules";
import { flag, onCreate, onDelete, onWrite, records, text } from "./reading";
import { etag } from "./subnets";

const zonePage = "https://learn.microsoft.com/azure/dns/private-dns-privatednszone";
const linkPage = "https://learn.microsoft.com/azure/dns/private-dns-virtual-network-links";

export const zoneToken = "azure-native:privatedns:PrivateZone";
const linkToken = "azure-native:privatedns:VirtualNetworkLink";
const zonePath =
    "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/privateDnsZones/{privateZoneName}";

/** Names that no private zone may have. @see https://learn.microsoft.com/azure/dns/private-dns-privatednszone#restrictions */
const reservedZones = [
    "azclient.ms",
    "azure.com",
    "cloudapp.net",
    "core.windows.net",
    "microsoft.com",
    "msidentity.com",
    "trafficmanager.net",
    "windows.net",
];

const linksOf = (azure: Request["azure"], zoneId: string): Stored[] =>
    azure.list(linkToken).filter(({ id }) => isAtOrBelow(id, zoneId));

const zone: ResourceType = {
    token: zoneToken,
    path: zonePath,
    name: {
        pattern:
            /^(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?){1,33}$/,
        rule: "2 to 34 labels of 1 to 63 letters, digits, underscores or hyphens, separated by dots",
        code: "BadRequest",
        source: `${zonePage}#restrictions; code unverified`,
    },
    // From `x-ms-mutability` in the specification: location can be read and given at creation only.
    forceNew: ["location"],
    immutable: [],
    rules: [
        ...globalOnly,
        tagged,
        onCreate(`${zonePage}#restrictions; code unverified`, ({ id }) => {
            const message = `The zone name '${nameOf(id)}' is reserved and cannot be used.`;
            return reservedZones.includes(nameOf(id).toLowerCase()) && refusal(400, "BadRequest", message);
        }),
        onDelete("https://github.com/learntocloud/networking-lab/issues/8", ({ id, azure }) => {
            const [link] = linksOf(azure, id);
            const nested = `Microsoft.Network/privateDnsZones/${nameOf(id)}/virtualNetworkLinks/${nameOf(link?.id ?? "")}`;
            const message = `Cannot delete resource while nested resources exist. Some existing nested resource IDs include: '${nested}'. Please delete all nested resources before deleting this resource.`;
            return link && refusal(409, "CannotDeleteResource", message);
        }),
    ],
    outputs: ({ id, inputs, azure }) => ({
        etag: etag(id, inputs),
        location: "global",
        internalId: Buffer.from(`Immutable zone identity ${id.toLowerCase()}`).toString("base64"),
        maxNumberOfRecordSets: 25000,
        maxNumberOfVirtualNetworkLinks: 1000,
        maxNumberOfVirtualNetworkLinksWithRegistration: 100,
        // The start-of-authority record is always there.
        numberOfRecordSets: 1 + recordsIn(azure, id),
        numberOfVirtualNetworkLinks: linksOf(azure, id).length,
        numberOfVirtualNetworkLinksWithRegistration: linksOf(azure, id).filter(({ inputs }) =>
            flag(inputs, "registrationEnabled"),
        ).length,
    }),
};

/** Zone groups of private endpoints keep their records in the zone. */
function recordsIn(azure: Request["azure"], zoneId: string): number {
    const configs = azure
        .list("azure-native:network:PrivateDnsZoneGroup")
        .flatMap(({ outputs }) => records(outputs, "privateDnsZoneConfigs"))
        .filter((config) => sameId(text(config, "privateDnsZoneId") ?? "", zoneId));
    return configs.flatMap((config) => records(config, "recordSets")).length;
}

const networkOf = ({ inputs }: { inputs: Stored["inputs"] }): string => text(inputs, "virtualNetwork.id") ?? "";
const zoneNameOf = (linkId: string): string => nameOf(parentId(linkId) ?? "").toLowerCase();

const virtualNetworkLink: ResourceType = {
    token: linkToken,
    path: `${zonePath}/virtualNetworkLinks/{virtualNetworkLinkName}`,
    name: { ...networkName(1, 80), code: "BadRequest" },
    forceNew: ["location"],
    immutable: [
        {
            path: "virtualNetwork.id",
            code: "BadRequest",
            source: `${linkPage} (a link stays with its network); code unverified`,
        },
    ],
    rules: [
        ...globalOnly,
        tagged,
        onWrite(`${linkPage}; code unverified`, ({ id, inputs, azure }) => {
            const network = text(inputs, "virtualNetwork.id");
            const foreign = network !== undefined && subscriptionOf(network) === undefined;
            const missing = network === undefined || foreign || isMissing(azure, network);
            const message = `Resource ${network ?? "virtualNetwork"} referenced by resource ${id} was not found. Please make sure that the referenced resource exists.`;
            return missing && refusal(400, "InvalidResourceReference", message);
        }),
        onCreate(`${linkPage} (one link between a zone and a network); code unverified`, (request) => {
            const siblings = linksOf(request.azure, parentId(request.id) ?? "");
            const twin = siblings.find(
                (other) => !sameId(other.id, request.id) && sameId(networkOf(other), networkOf(request)),
            );
            const message = `A virtual network link between this zone and virtual network '${networkOf(request)}' already exists: '${nameOf(twin?.id ?? "")}'.`;
            return twin && refusal(409, "Conflict", message);
        }),
        onCreate(`${linkPage} (a network sees a zone name once)`, (request) => {
            const { id, azure } = request;
            const zoneName = zoneNameOf(id);
            const clash = azure.list(linkToken).some((other) => {
                const elsewhere = !sameId(parentId(other.id) ?? "", parentId(id) ?? "");
                return elsewhere && zoneNameOf(other.id) === zoneName && sameId(networkOf(other), networkOf(request));
            });
            const message = `A virtual network cannot be linked to multiple zones with overlapping namespaces. You tried to link virtual network with '${zoneName}' and '${zoneName}' zones.`;
            return clash && refusal(400, "BadRequest", message);
        }),
        onWrite(`${linkPage} (one registration zone a network); code unverified`, (request) => {
            if (!flag(request.inputs, "registrationEnabled")) return undefined;
            const other = request.azure.list(linkToken).find((link) => {
                const same = sameId(networkOf(link), networkOf(request)) && !sameId(link.id, request.id);
                return same && flag(link.inputs, "registrationEnabled");
            });
            const message = `A virtual network can only be linked to 1 private DNS zone with auto-registration enabled; '${networkOf(request)}' has zone '${zoneNameOf(other?.id ?? "")}'.`;
            return other && refusal(400, "BadRequest", message);
        }),
        onWrite(
            "https://learn.microsoft.com/azure/dns/private-dns-autoregistration (not for privatelink zones); code unverified",
            ({ id, inputs }) => {
                const message = `Auto-registration is not supported for zone '${zoneNameOf(id)}'.`;
                const privateLink = zoneNameOf(id).startsWith("privatelink.");
                return privateLink && flag(inputs, "registrationEnabled") && refusal(400, "BadRequest", message);
            },
        ),
        onWrite(
            "https://learn.microsoft.com/azure/dns/private-dns-fallback (privatelink zones only); code unverified",
            ({ id, inputs }) => {
                const message = `The resolution policy NxDomainRedirect is only applicable to privatelink zones, not to '${zoneNameOf(id)}'.`;
                const redirect = text(inputs, "resolutionPolicy") === "NxDomainRedirect";
                return redirect && !/(^|\.)privatelink\./.test(zoneNameOf(id)) && refusal(400, "BadRequest", message);
            },
        ),
    ],
    outputs: ({ id, inputs }) => ({
        etag: etag(id, inputs),
        location: "global",
        registrationEnabled: flag(inputs, "registrationEnabled"),
        resolutionPolicy: text(inputs, "resolutionPolicy") ?? "Default",
        virtualNetworkLinkState: "Completed",
    }),
};

export const privateDnsTypes: readonly ResourceType[] = [zone, virtualNetworkLink];
