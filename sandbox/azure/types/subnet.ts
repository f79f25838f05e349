import { ancestorId, sameId } from "../ids";
import { same, valueAt } from "../properties";
import { refusal } from "../refusal";
import type { Properties, Request, ResourceType } from "../resource-type";
import { prefixSource } from "./address-rules";
import { first, invalidReference, isMissing, networkName } from "./common-rules";
import { onDelete, onUpdate, onWrite, records, regionOf, text, texts } from "./reading";
import {
    etag,
    prefixesOf,
    refuseSubnetAddresses,
    refuseSubnetPlace,
    subnetInUse,
    subnetsOf,
    subnetToken,
    usersOfSubnet,
} from "./subnets";

const delegationPage = "https://learn.microsoft.com/azure/virtual-network/subnet-delegation-overview";

/** Services that a subnet can be delegated to, as far as an ML platform could meet them. */
const delegates = [
    "Microsoft.ApiManagement/service",
    "Microsoft.App/environments",
    "Microsoft.BareMetal/AzureVMware",
    "Microsoft.Batch/batchAccounts",
    "Microsoft.ContainerInstance/containerGroups",
    "Microsoft.ContainerService/managedClusters",
    "Microsoft.DBforMySQL/flexibleServers",
    "Microsoft.DBforPostgreSQL/flexibleServers",
    "Microsoft.Databricks/workspaces",
    "Microsoft.DevOpsInfrastructure/pools",
    "Microsoft.Logic/integrationServiceEnvironments",
    "Microsoft.MachineLearningServices/workspaces",
    "Microsoft.MachineLearningServices/workspaceComputes",
    "Microsoft.Netapp/volumes",
    "Microsoft.Network/dnsResolvers",
    "Microsoft.Network/fpgaNetworkInterfaces",
    "Microsoft.Network/managedResolvers",
    "Microsoft.PowerPlatform/enterprisePolicies",
    "Microsoft.ServiceNetworking/trafficControllers",
    "Microsoft.Sql/managedInstances",
    "Microsoft.StreamAnalytics/streamingJobs",
    "Microsoft.Synapse/workspaces",
    "Microsoft.Web/hostingEnvironments",
    "Microsoft.Web/serverFarms",
];

/** @see https://learn.microsoft.com/azure/virtual-network/virtual-network-service-endpoints-overview */
const endpointServices = [
    "Microsoft.AzureActiveDirectory",
    "Microsoft.AzureCosmosDB",
    "Microsoft.CognitiveServices",
    "Microsoft.ContainerRegistry",
    "Microsoft.EventHub",
    "Microsoft.KeyVault",
    "Microsoft.ServiceBus",
    "Microsoft.Sql",
    "Microsoft.Storage",
    "Microsoft.Storage.Global",
    "Microsoft.Web",
];

const firewallFaq = "https://learn.microsoft.com/azure/firewall/firewall-faq";

/** Subnets whose name says who lives there, and the code with which each turns an NSG away. */
const withoutSecurityGroup: Readonly<Record<string, { code: string; source: string }>> = {
    gatewaysubnet: {
        code: "NetworkSecurityGroupCannotBeAttachedToGatewaySubnet",
        source: "https://github.com/Azure-Terraform/terraform-azurerm-virtual-network/issues/18",
    },
    azurefirewallsubnet: { code: "NetworkSecurityGroupNotAllowedOnAzureFirewallSubnet", source: firewallFaq },
    azurefirewallmanagementsubnet: { code: "NetworkSecurityGroupNotAllowedOnAzureFirewallSubnet", source: firewallFaq },
};

const delegated = (subnet: Properties | undefined): string[] =>
    records(subnet, "delegations").map((delegation) => text(delegation, "serviceName") ?? "");

/** What a subnet may be tied to; each must exist in the network's region. */
const attachments = ["networkSecurityGroup.id", "routeTable.id", "natGateway.id"];

export const subnet: ResourceType = {
    token: subnetToken,
    path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/virtualNetworks/{virtualNetworkName}/subnets/{subnetName}",
    name: networkName(1, 80),
    forceNew: [],
    immutable: [],
    rules: [
        onWrite(`${prefixSource}; https://github.com/virtual-kubelet/azure-aci/pull/634`, ({ id, inputs }) =>
            refuseSubnetAddresses(id, inputs),
        ),
        onWrite("https://github.com/MicrosoftDocs/azure-docs/pull/123869", ({ id, inputs, azure }) => {
            const networkId = ancestorId(id, 1);
            const outer = texts(azure.find(networkId)?.inputs, "addressSpace.addressPrefixes");
            const others = subnetsOf(azure, networkId).filter((other) => !sameId(other.id, id));
            return refuseSubnetPlace(id, inputs, { outer, others });
        }),
        onWrite(
            "https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors (InvalidResourceReference)",
            ({ id, inputs, azure }) =>
                first(attachments, (path) => {
                    const target = text(inputs, path);
                    if (target === undefined) return undefined;
                    const region = regionOf(azure.find(ancestorId(id, 1))?.inputs);
                    const elsewhere = azure.find(target) && regionOf(azure.find(target)?.inputs) !== region;
                    return isMissing(azure, target) || elsewhere ? invalidReference(id, target) : undefined;
                }),
        ),
        onWrite(
            `${firewallFaq} (network security groups are not supported on AzureFirewallSubnet); its code unverified`,
            ({ id, inputs }) => {
                const name = id.slice(id.lastIndexOf("/") + 1);
                const code = withoutSecurityGroup[name.toLowerCase()]?.code;
                const group = text(inputs, "networkSecurityGroup.id");
                if (code === undefined || group === undefined) return undefined;
                const message = `The operation failed because the network security group ${group} can not be associated to the ${name}.`;
                return refusal(400, code, message);
            },
        ),
        onWrite(
            "https://learn.microsoft.com/azure/nat-gateway/nat-overview (not on GatewaySubnet); code unverified",
            ({ id, inputs }) => {
                const gateway = text(inputs, "natGateway.id");
                const message = `NAT gateway ${gateway ?? ""} cannot be associated to the GatewaySubnet.`;
                const isGatewaySubnet = /\/GatewaySubnet$/i.test(id);
                return (
                    isGatewaySubnet &&
                    gateway !== undefined &&
                    refusal(400, "NatGatewayNotAllowedOnGatewaySubnet", message)
                );
            },
        ),
        onWrite(
            `${delegationPage}; https://github.com/crossplane-contrib/provider-upjet-azure/issues/342`,
            ({ id, inputs }) =>
                first(records(inputs, "delegations"), (delegation) => {
                    const service = text(delegation, "serviceName") ?? "";
                    if (delegates.some((known) => known.toLowerCase() === service.toLowerCase())) return undefined;
                    const message = `The service name ${service} specified on delegation ${id}/delegations/${text(delegation, "name") ?? ""} is not valid. Valid value(s) are: ${delegates.join(",")}.`;
                    return refusal(400, "InvalidServiceNameOnDelegation", message);
                }),
        ),
        onWrite(
            "https://learn.microsoft.com/azure/virtual-network/virtual-network-service-endpoints-overview",
            ({ id, inputs }) => {
                const services = records(inputs, "serviceEndpoints").map((endpoint) => text(endpoint, "service") ?? "");
                const wrong = services.find((service) => !endpointServices.includes(service));
                const message = `Subnet ${id} has service endpoint with invalid service name '${wrong ?? ""}'. Allowed values: ${endpointServices.join(", ")}.`;
                return wrong !== undefined && refusal(400, "SubnetHasServiceEndpointWithInvalidServiceName", message);
            },
        ),
        onUpdate("https://github.com/MicrosoftDocs/azure-docs/issues/39112", ({ id, inputs, azure }, previous) => {
            const [was, asked] = [delegated(previous.inputs).sort(), delegated(inputs).sort()];
            const [user] = usersOfSubnet(azure, id);
            if (!user || same(was, asked)) return undefined;
            const message = `Delegations of subnet ${id} cannot be changed from [${was.join(", ")}] to [${asked.join(", ")}] because it is being used by the resource ${user.id}.`;
            return refusal(400, "SubnetDelegationsCannotChangeWhenSubnetUsedByResource", message);
        }),
        onUpdate("https://github.com/hashicorp/terraform-provider-azurerm/issues/11211", (request, previous) => {
            const [was, asked] = [prefixesOf(previous.inputs), prefixesOf(request.inputs)];
            const gone = was.find((prefix) => !asked.includes(prefix));
            if (gone === undefined || usersOfSubnet(request.azure, request.id).length === 0) return undefined;
            const name = request.id.slice(request.id.lastIndexOf("/") + 1);
            const message = `IpPrefix ${gone} on Subnet ${name} has active allocations and cannot be deleted.`;
            return refusal(400, "InUsePrefixCannotBeDeleted", message);
        }),
        onDelete("https://learn.microsoft.com/azure/virtual-network/virtual-network-manage-subnet", ({ id, azure }) => {
            const [user] = usersOfSubnet(azure, id);
            return user && subnetInUse(id, user.id);
        }),
    ],
    outputs,
    // A network and its subnets are one document to Azure: one write at a time.
    exclusiveOn: (id) => ancestorId(id, 1),
};

function outputs({ id, inputs, azure }: Request): Properties {
    const users = usersOfSubnet(azure, id);
    const endpoints = users.filter(({ token }) => token === "azure-native:network:PrivateEndpoint");
    const region = regionOf(azure.find(ancestorId(id, 1))?.inputs);
    return {
        etag: etag(id, inputs),
        type: "Microsoft.Network/virtualNetworks/subnets",
        privateEndpointNetworkPolicies: text(inputs, "privateEndpointNetworkPolicies") ?? "Disabled",
        privateLinkServiceNetworkPolicies: text(inputs, "privateLinkServiceNetworkPolicies") ?? "Enabled",
        delegations: records(inputs, "delegations").map((delegation) => ({
            ...delegation,
            id: `${id}/delegations/${text(delegation, "name") ?? ""}`,
            type: "Microsoft.Network/virtualNetworks/subnets/delegations",
            actions: valueAt(delegation, "actions") ?? ["Microsoft.Network/virtualNetworks/subnets/action"],
            provisioningState: "Succeeded",
        })),
        serviceEndpoints: records(inputs, "serviceEndpoints").map((endpoint) => ({
            locations: [region],
            ...endpoint,
            provisioningState: "Succeeded",
        })),
        ipConfigurations: users.map((user) => ({ id: `${user.id}/ipConfigurations/default` })),
        ...(endpoints.length > 0 && { privateEndpoints: endpoints.map((endpoint) => ({ id: endpoint.id })) }),
    };
}
