import { stableGuid, stableHex } from "../guid";
import { nameOf, sameId } from "../ids";
import { isObject, valueAt } from "../properties";
import { refusal } from "../refusal";
import type { Properties, Refusal, ResourceType, Subscription } from "../resource-type";
import { first, networkName, references, regional, tagged, usersOf, zonal } from "./common-rules";
import { amount, onDelete, onWrite, regionOf, text, texts } from "./reading";
import { etag } from "./subnets";

const basicRetired =
    "https://learn.microsoft.com/azure/virtual-network/ip-services/public-ip-basic-upgrade-guidance (retired 30 September 2025); code unverified";
const idle = "https://learn.microsoft.com/azure/nat-gateway/nat-gateway-resource (idle timeout); code unverified";

function refuseIdle(inputs: Properties, most: number): Refusal | undefined {
    const minutes = amount(inputs, "idleTimeoutInMinutes") ?? 4;
    const message = `IdleTimeoutInMinutes must be from 4 to ${most}, got ${minutes}.`;
    return minutes >= 4 && minutes <= most ? undefined : refusal(400, "InvalidIdleTimeoutInMinutes", message);
}

/** 20.0.0.0/8 is Microsoft's; which address of it depends on the id alone. */
function addressOf(id: string): string {
    const digits = stableHex(`${id.toLowerCase()} address`, 6);
    return `20.${[0, 2, 4].map((from) => Number.parseInt(digits.slice(from, from + 2), 16)).join(".")}`;
}

const publicIpAddress: ResourceType = {
    token: "azure-native:network:PublicIPAddress",
    path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/publicIPAddresses/{publicIpAddressName}",
    name: networkName(1, 80),
    forceNew: ["location", "publicIPAddressVersion", "publicIPPrefix", "sku"],
    immutable: [
        {
            path: "sku.name",
            code: "SkuCannotBeChangedOnUpdate",
            source: "https://github.com/Azure/azure-cli/issues/12570",
        },
    ],
    rules: [
        ...regional,
        tagged,
        references(["publicIPPrefix.id"]),
        onWrite("https://github.com/Azure/azure-cli/issues/8933", ({ id, inputs }) => {
            const basic = (text(inputs, "sku.name") ?? "Basic") === "Basic";
            const message = `Zones not allowed in basic SKU resource ${id} in this region. Please use standard SKU.`;
            return (
                basic && texts(inputs, "zones").length > 0 && refusal(400, "ZonesNotAllowedInBasicSkuResource", message)
            );
        }),
        // The API makes a Basic address when the SKU is left out, and Basic is gone.
        onWrite(basicRetired, ({ inputs }) => {
            const message =
                "Cannot create more than 0 IPv4 Basic SKU public IP addresses for this subscription in this region.";
            const basic = (text(inputs, "sku.name") ?? "Basic") === "Basic";
            return basic && refusal(400, "IPv4BasicSkuPublicIpCountLimitReached", message);
        }),
        onWrite("https://github.com/MicrosoftDocs/azure-docs/issues/42889", ({ id, inputs }) => {
            const message = `Standard sku publicIp ${id} must have AllocationMethod set to Static.`;
            const fixed = text(inputs, "publicIPAllocationMethod") === "Static";
            return !fixed && refusal(400, "StandardSkuPublicIPAddressesMustBeStatic", message);
        }),
        ...zonal,
        onWrite(idle, ({ inputs }) => refuseIdle(inputs, 30)),
        onWrite(
            "https://learn.microsoft.com/azure/virtual-network/ip-services/public-ip-addresses#domain-name-label; codes unverified",
            ({ id, inputs, azure }) => {
                const label = text(inputs, "dnsSettings.domainNameLabel");
                if (label === undefined) return undefined;
                if (!/^[a-z][a-z0-9-]{1,61}[a-z0-9]$/.test(label)) {
                    const message = `The domain name label ${label} is invalid. It must conform to the following regular expression: ^[a-z][a-z0-9-]{1,61}[a-z0-9]$.`;
                    return refusal(400, "InvalidDomainNameLabel", message);
                }
                const taken = azure.list("azure-native:network:PublicIPAddress").some((other) => {
                    const same = text(other.inputs, "dnsSettings.domainNameLabel") === label;
                    return same && regionOf(other.inputs) === regionOf(inputs) && !sameId(other.id, id);
                });
                const message = `DNS record ${label}.${regionOf(inputs)}.cloudapp.azure.com is already used by another public IP.`;
                return taken && refusal(400, "DnsRecordInUse", message);
            },
        ),
        onDelete("https://github.com/microsoft/AzureTRE/issues/4355", ({ id, azure }) => {
            const [user] = usersOf(azure, id);
            const message = `Public IP address ${id} can not be deleted since it is still allocated to resource ${user?.id ?? ""}. In order to delete the public IP, disassociate/detach the Public IP address from the resource.  To learn how to do this, see aka.ms/deletepublicip.`;
            return user && refusal(400, "PublicIPAddressCannotBeDeleted", message);
        }),
    ],
    outputs: ({ id, inputs }) => ({
        etag: etag(id, inputs),
        resourceGuid: stableGuid(id, "resource"),
        sku: { name: "Standard", tier: text(inputs, "sku.tier") ?? "Regional" },
        publicIPAddressVersion: text(inputs, "publicIPAddressVersion") ?? "IPv4",
        idleTimeoutInMinutes: amount(inputs, "idleTimeoutInMinutes") ?? 4,
        ipTags: valueAt(inputs, "ipTags") ?? [],
        ddosSettings: { protectionMode: text(inputs, "ddosSettings.protectionMode") ?? "VirtualNetworkInherited" },
        ipAddress: addressOf(id),
        ...(isObject(inputs.dnsSettings) && {
            dnsSettings: {
                fqdn: `${text(inputs, "dnsSettings.domainNameLabel") ?? ""}.${regionOf(inputs)}.cloudapp.azure.com`,
            },
        }),
    }),
};

/** An address serves one resource: the others that hold it. */
export function refuseTakenAddresses(
    azure: Subscription,
    id: string,
    addresses: readonly string[],
): Refusal | undefined {
    return first(addresses, (address) => {
        const user = usersOf(azure, address).find((other) => !sameId(other.id, id));
        const message = `Resource ${id} is referencing public IP address ${address} that is already allocated to resource ${user?.id ?? ""}.`;
        return user && refusal(400, "PublicIPAddressInUse", message);
    });
}

const natZones = "https://learn.microsoft.com/azure/nat-gateway/nat-availability-zones; code unverified";

const natGateway: ResourceType = {
    token: "azure-native:network:NatGateway",
    path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/natGateways/{natGatewayName}",
    name: networkName(1, 80),
    forceNew: [],
    immutable: [],
    rules: [
        ...regional,
        tagged,
        references(["publicIpAddresses.[].id", "publicIpPrefixes.[].id"], true),
        ...zonal,
        onWrite(
            "https://learn.microsoft.com/azure/nat-gateway/nat-gateway-resource (Standard SKU); code unverified",
            ({ id, inputs }) => {
                const message = `NAT gateway ${id} must have SKU Standard, got '${text(inputs, "sku.name") ?? ""}'.`;
                return text(inputs, "sku.name") !== "Standard" && refusal(400, "InvalidNatGatewaySku", message);
            },
        ),
        onWrite(idle, ({ inputs }) => refuseIdle(inputs, 120)),
        onWrite(natZones, ({ id, inputs }) => {
            const zones = texts(inputs, "zones");
            const message = `NAT gateway ${id} can be in one zone only, got ${zones.join(", ")}.`;
            return zones.length > 1 && refusal(400, "NatGatewayMultipleZonesNotSupported", message);
        }),
        // A zone-redundant address serves a gateway in any zone; one of a single zone only its own.
        onWrite(natZones, ({ id, inputs, azure }) => {
            const [zone] = texts(inputs, "zones");
            return first(addressesOf(inputs), (address) => {
                const theirs = texts(azure.find(address)?.inputs, "zones");
                if (zone === undefined || theirs.length !== 1 || theirs[0] === zone) return undefined;
                const message = `NAT gateway ${id} is in zone ${zone} but public IP address ${address} is in zone ${theirs[0] ?? ""}.`;
                return refusal(400, "NatGatewayPublicIpAddressZoneMismatch", message);
            });
        }),
        onWrite(
            "https://learn.microsoft.com/azure/nat-gateway/nat-gateway-resource (IPv4 only)",
            ({ id, inputs, azure }) =>
                first(addressesOf(inputs), (address) => {
                    const six = text(azure.find(address)?.inputs, "publicIPAddressVersion") === "IPv6";
                    const message = `NAT gateway ${id} of SKU Standard cannot have the IPv6 address ${address}.`;
                    return six ? refusal(400, "NatGatewayIPv6NotSupported", message) : undefined;
                }),
        ),
        onWrite(
            "https://learn.microsoft.com/azure/nat-gateway/nat-gateway-resource (at most 16 addresses); code unverified",
            ({ id, inputs }) => {
                const count = addressesOf(inputs).length;
                const message = `NAT gateway ${id} has ${count} public IP addresses, at most 16 are allowed.`;
                return count > 16 && refusal(400, "NatGatewayPublicIpAddressCountLimitReached", message);
            },
        ),
        onWrite(
            "https://learn.microsoft.com/azure/nat-gateway/nat-gateway-resource (PublicIPAddressInUse)",
            (request) => refuseTakenAddresses(request.azure, request.id, addressesOf(request.inputs)),
        ),
        onDelete("https://learn.microsoft.com/azure/nat-gateway/manage-nat-gateway", ({ id, azure }) => {
            const [user] = usersOf(azure, id);
            const message = `Nat gateway ${nameOf(id)} is in use by ${user?.id ?? ""} and cannot be deleted.`;
            return user && refusal(400, "InUseNatGatewayCannotBeDeleted", message);
        }),
    ],
    outputs: ({ id, inputs, azure }) => ({
        etag: etag(id, inputs),
        resourceGuid: stableGuid(id, "resource"),
        idleTimeoutInMinutes: amount(inputs, "idleTimeoutInMinutes") ?? 4,
        subnets: usersOf(azure, id).map((user) => ({ id: user.id })),
    }),
};

function addressesOf(inputs: Properties): string[] {
    const listed = valueAt(inputs, "publicIpAddresses");
    return Array.isArray(listed) ? listed.flatMap((item) => text(item, "id") ?? []) : [];
}

export const publicIpTypes: readonly ResourceType[] = [publicIpAddress, natGateway];
