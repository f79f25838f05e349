import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Azure, sandboxSubscriptionId } from "../../../sandbox/azure/azure";
import type { Properties, Stored } from "../../../sandbox/azure/resource-type";
import { readSchema } from "../../../sandbox/azure/schema";
import type { Schema } from "../../../sandbox/azure/schema";
import { azureTypes } from "../../../sandbox/azure/types";
import { ensureSchema } from "../../../tools/extract-schema";

/** The group that everything of an estate is in. */
export const group = "rg-test";
export const groupId = `/subscriptions/${sandboxSubscriptionId}/resourceGroups/${group}`;
export const location = "swedencentral";
export const networkId = `${groupId}/providers/Microsoft.Network/virtualNetworks/vnet`;

/** Id of something in Microsoft.Network: `idOf("natGateways/nat")`. */
export const idOf = (path: string): string => `${groupId}/providers/Microsoft.Network/${path}`;
export const subnetId = (name: string): string => `${networkId}/subnets/${name}`;

/** What is said of a resource again and again. */
const defaults: Readonly<Record<string, Properties>> = {
    "resources:ResourceGroup": { resourceGroupName: group, location },
    "network:VirtualNetwork": { virtualNetworkName: "vnet", addressSpace: { addressPrefixes: ["10.0.0.0/16"] } },
    "network:Subnet": { virtualNetworkName: "vnet", subnetName: "snet", addressPrefix: "10.0.1.0/24" },
    "network:NetworkSecurityGroup": { networkSecurityGroupName: "nsg" },
    "network:RouteTable": { routeTableName: "rt" },
    "network:Route": { routeTableName: "rt", routeName: "route", addressPrefix: "0.0.0.0/0", nextHopType: "Internet" },
    "network:PublicIPAddress": {
        publicIpAddressName: "pip",
        sku: { name: "Standard" },
        publicIPAllocationMethod: "Static",
    },
    "network:NatGateway": { natGatewayName: "nat", sku: { name: "Standard" } },
    "network:AzureFirewall": {
        azureFirewallName: "afw",
        sku: { name: "AZFW_VNet", tier: "Standard" },
        ipConfigurations: [
            {
                name: "main",
                subnet: { id: subnetId("AzureFirewallSubnet") },
                publicIPAddress: { id: idOf("publicIPAddresses/pip") },
            },
        ],
    },
    "network:FirewallPolicy": { firewallPolicyName: "afwp", sku: { tier: "Standard" } },
    "network:FirewallPolicyRuleCollectionGroup": {
        firewallPolicyName: "afwp",
        ruleCollectionGroupName: "rcg",
        priority: 200,
    },
    "network:PrivateEndpoint": { privateEndpointName: "pe", subnet: { id: subnetId("snet") } },
    "network:PrivateDnsZoneGroup": { privateEndpointName: "pe", privateDnsZoneGroupName: "default" },
    "privatedns:PrivateZone": { privateZoneName: "privatelink.blob.core.windows.net", location: "global" },
    "privatedns:VirtualNetworkLink": {
        privateZoneName: "privatelink.blob.core.windows.net",
        virtualNetworkLinkName: "link",
        location: "global",
        registrationEnabled: false,
        virtualNetwork: { id: networkId },
    },
    "managedidentity:UserAssignedIdentity": { resourceName: "uami" },
    "managedidentity:FederatedIdentityCredential": {
        resourceName: "uami",
        federatedIdentityCredentialResourceName: "fic",
        issuer: "https://issuer.example/1/",
        subject: "system:serviceaccount:ns:sa",
        audiences: ["api://AzureADTokenExchange"],
    },
    "authorization:ManagementLockByScope": { lockName: "keep", level: "CanNotDelete", scope: groupId },
};

const withLocation =
    /VirtualNetwork$|SecurityGroup|RouteTable|PublicIP|NatGateway|Firewall$|FirewallPolicy$|Endpoint$|UserAssigned/;

/** Shapes as azure-native declares them, so that no table tests a property that is not there. */
function declaredShapes(): Schema {
    const folder = mkdtempSync(join(tmpdir(), "mlplatform-estate-"));
    try {
        const path = join(folder, "schema.json");
        const tokens = azureTypes.map(({ token }) => token);
        ensureSchema(path, tokens);
        return readSchema(path);
    } finally {
        rmSync(folder, { recursive: true });
    }
}
const schema = declaredShapes();

/** One subscription with a resource group, and short ways to put things into it. */
export class Estate {
    readonly azure = Azure.open({ store: ":memory:", schema });

    static async open(): Promise<Estate> {
        const estate = new Estate();
        await estate.put("resources:ResourceGroup");
        return estate;
    }

    /** With a network `vnet`, 10.0.0.0/16. */
    static async withNetwork(): Promise<Estate> {
        const estate = await Estate.open();
        await estate.put("network:VirtualNetwork");
        return estate;
    }

    /** Puts a resource of a kind (`network:Subnet`): what the estate says of it, with `over` on top. */
    put(kind: string, over: Properties = {}): Promise<Stored> {
        const placed = kind.includes("authorization:") ? {} : { resourceGroupName: group };
        const region = withLocation.test(kind) ? { location } : {};
        return this.azure.put(`azure-native:${kind}`, { ...placed, ...region, ...defaults[kind], ...over });
    }

    subnet(subnetName: string, addressPrefix: string, over: Properties = {}): Promise<Stored> {
        return this.put("network:Subnet", { subnetName, addressPrefix, ...over });
    }

    close(): void {
        this.azure.close();
    }
}
