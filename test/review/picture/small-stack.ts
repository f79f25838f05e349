import type { GraphResource } from "../../../review/picture/graph";

const urnOf = (kind: string, name: string): string => `urn:pulumi:dev::mlplatform::azure-native:${kind}::${name}`;

/** A resource as `export` tells it; references by `kind name`. */
export function resource(
    kind: string,
    name: string,
    inputs: object = {},
    references: Readonly<Record<string, readonly (readonly [kind: string, name: string])[]>> = {},
): GraphResource {
    return {
        ...{ urn: urnOf(kind, name), type: `azure-native:${kind}`, name, inputs },
        references: Object.fromEntries(
            Object.entries(references).map(([property, found]) => [
                property,
                found.map(([of, called]) => urnOf(of, called)),
            ]),
        ),
    };
}

export const urn = urnOf;

const group = { resourceGroupName: [["resources:ResourceGroup", "platform"]] } as const;
const inNetwork = { ...group, virtualNetworkName: [["network:VirtualNetwork", "net"]] } as const;
const rule = (name: string, access: string, from: object, port: string): object => ({
    ...{ name, access, direction: "Inbound", destinationPortRange: port },
    ...from,
});

/** Two subnets, a service behind an endpoint with a key, and a way out: as little as shows every kind of line. */
export const smallStack: readonly GraphResource[] = [
    resource("resources:ResourceGroup", "platform", { resourceGroupName: "rg-x", location: "swedencentral" }),
    resource("network:VirtualNetwork", "net", { addressSpace: { addressPrefixes: ["10.0.0.0/16"] } }, { ...group }),
    resource("network:NatGateway", "out", {}, { ...group }),
    resource("network:NetworkSecurityGroup", "nodes", { securityRules: [] }, { ...group }),
    resource("network:NetworkSecurityGroup", "endpoints", {
        securityRules: [
            rule("allow-nodes", "Allow", { sourceAddressPrefix: "10.0.0.0/24" }, "443"),
            rule("allow-probes", "Allow", { sourceAddressPrefix: "AzureLoadBalancer" }, "*"),
            rule("allow-office", "Allow", { sourceAddressPrefixes: ["192.168.0.0/24"] }, "22"),
            rule("deny-network", "Deny", { sourceAddressPrefix: "VirtualNetwork" }, "*"),
        ],
    }),
    resource(
        "network:Subnet",
        "nodes",
        { subnetName: "snet-x-nodes", addressPrefix: "10.0.0.0/24", virtualNetworkName: "[unknown]" },
        {
            ...inNetwork,
            natGateway: [["network:NatGateway", "out"]],
            networkSecurityGroup: [["network:NetworkSecurityGroup", "nodes"]],
        },
    ),
    resource(
        "network:Subnet",
        "endpoints",
        { subnetName: "snet-x-endpoints", addressPrefix: "10.0.1.0/24" },
        { ...inNetwork, networkSecurityGroup: [["network:NetworkSecurityGroup", "endpoints"]] },
    ),
    resource("keyvault:Vault", "vault", { vaultName: "kv-x" }, { ...group }),
    // The program knows a vault's name without Azure's answer, so nothing refers to the vault.
    resource("keyvault:Key", "storage", { keyName: "key-storage", vaultName: "kv-x" }, { ...group }),
    resource(
        "storage:StorageAccount",
        "work",
        { accountName: "stx", publicNetworkAccess: "Disabled" },
        { ...group, encryption: [["keyvault:Key", "storage"]] },
    ),
    ...["images", "labels"].map((name) =>
        resource(
            "storage:BlobContainer",
            name,
            { containerName: name },
            { accountName: [["storage:StorageAccount", "work"]] },
        ),
    ),
    ...["blob", "file"].map((service) =>
        resource(
            "network:PrivateEndpoint",
            service,
            { privateLinkServiceConnections: [{ groupIds: [service], privateLinkServiceId: "[unknown]" }] },
            {
                ...group,
                privateLinkServiceConnections: [["storage:StorageAccount", "work"]],
                subnet: [["network:Subnet", "endpoints"]],
            },
        ),
    ),
    resource("authorization:RoleAssignment", "one", {}, { scope: [["storage:StorageAccount", "work"]] }),
];
