import { overlaps, parseAddress, parseBlock } from "../cidr";
import type { Block } from "../cidr";
import { ancestorId, isAtOrBelow, nameOf, sameId } from "../ids";
import { valueAt } from "../properties";
import { refusal } from "../refusal";
import type { Properties, Refusal, Request, Stored, Subscription } from "../resource-type";
import type { Pool } from "./pool-view";
import { amount, records, text, texts } from "./reading";

const subnetToken = "azure-native:network:Subnet";

/** Ranges that nodes, pods and services must keep off; AKS uses them itself. @see aks/concepts-network-cni-overview */
const reserved = ["169.254.0.0/16", "172.30.0.0/16", "172.31.0.0/16", "192.0.2.0/24"].flatMap((range) => {
    const block = parseBlock(range);
    return block ? [{ range, block }] : [];
});

/** The address blocks of a subnet. */
export function subnetBlocks(subnet: Stored | undefined): Block[] {
    const prefix = text(subnet?.inputs, "addressPrefix");
    const prefixes = [...(prefix === undefined ? [] : [prefix]), ...texts(subnet?.inputs, "addressPrefixes")];
    return prefixes.flatMap((one) => parseBlock(one) ?? []);
}

/** Is the id in this subscription, so that the sandbox can tell whether it exists? */
export function isOwn(azure: Subscription, id: string): boolean {
    return isAtOrBelow(id, `/subscriptions/${azure.subscriptionId}`);
}

/** Subnet ids of a cluster's inline pools. */
export function nodeSubnets(inputs: Properties): string[] {
    const ids = records(inputs, "agentPoolProfiles").flatMap((profile) => text(profile, "vnetSubnetID") ?? []);
    return ids.filter((id, index) => ids.findIndex((other) => sameId(other, id)) === index);
}

const delegatedTo = (subnet: Stored | undefined): string[] =>
    records(subnet?.inputs, "delegations").map((delegation) => text(delegation, "serviceName") ?? "");

/**
 * A pool's subnets: they exist, are not delegated, are all in one network, and are large enough.
 * @see https://learn.microsoft.com/azure/aks/configure-azure-cni
 */
export function poolNetworkRefusal(
    pool: Pool,
    others: readonly { name: string; profile: Properties }[],
): Refusal | undefined {
    const { azure, cluster, profile, name } = pool;
    const id = text(profile, "vnetSubnetID");
    const elsewhere = others.filter((other) => other.name !== name);
    const networks = elsewhere
        .flatMap((other) => text(other.profile, "vnetSubnetID") ?? [])
        .map((one) => ancestorId(one, 1));
    if (id === undefined) {
        const missing = `Agent pool '${name}' has no vnetSubnetID, but other agent pools of the cluster have one.`;
        return networks.length > 0 ? refusal(400, "AgentPoolsWithEmptySubnetError", missing) : undefined;
    }
    if (isOwn(azure, id) && !azure.find(id)) {
        return refusal(404, "SubnetNotFound", `The subnet '${id}' of agent pool '${name}' was not found.`);
    }
    const stranger = networks.find((network) => !sameId(network, ancestorId(id, 1)));
    // Documented; the code is unverified.
    const apart = `Subnet '${id}' of agent pool '${name}' is not in the virtual network '${stranger ?? ""}' of the other agent pools.`;
    if (stranger !== undefined) return refusal(400, "InvalidParameter", apart);
    const subnet = azure.find(id);
    const owner = delegatedTo(subnet)[0];
    const delegated = `Subnet '${nameOf(id)}' is delegated to '${owner ?? ""}' and cannot be used for agent pool '${name}'.`;
    if (owner !== undefined) return refusal(400, "SubnetIsDelegated", delegated);
    const blocks = subnetBlocks(subnet);
    if (subnet && blocks.length > 1) {
        const several = `Subnet '${nameOf(id)}' has more than one address prefix.`;
        return refusal(400, "MultipleAddressPrefixesSubnetNotSupported", several);
    }
    const clash = reserved.find(({ block }) => blocks.some((one) => overlaps(one, block)));
    const forbidden = `Subnet '${nameOf(id)}' overlaps ${clash?.range ?? ""}, which AKS reserves.`;
    if (clash) return refusal(400, "SubnetCidrOverlapping", forbidden);
    const sharing = elsewhere.filter((other) => sameId(text(other.profile, "vnetSubnetID") ?? "", id));
    const needed = [...sharing.map((other) => other.profile), profile].reduce(
        (sum, one) => sum + addressesOf(one, cluster),
        0,
    );
    const [block] = blocks;
    // Azure keeps five addresses of each subnet.
    const room = block ? block.last - block.first + 1 - 5 : needed;
    const small = `Pre-allocated IPs ${needed} exceeds IPs available ${room} in Subnet Cidr, Subnet Name ${nameOf(id)}. If Autoscaler is enabled, the max-count from each nodepool is counted towards this total.`;
    return needed > room ? refusal(400, "InsufficientSubnetSize", small) : undefined;
}

/** Addresses that a pool takes from its subnet, its largest size counted. */
function addressesOf(profile: Properties, cluster: Properties): number {
    const nodes = Math.max(
        amount(profile, "count") ?? 0,
        valueAt(profile, "enableAutoScaling") === true ? (amount(profile, "maxCount") ?? 0) : 0,
    );
    const plugin = text(cluster, "networkProfile.networkPlugin") ?? "azure";
    const flat =
        plugin === "azure" &&
        text(cluster, "networkProfile.networkPluginMode") !== "overlay" &&
        text(profile, "podSubnetID") === undefined;
    // One more node for upgrades.
    const surge = nodes > 0 && text(profile, "scaleSetPriority") !== "Spot" ? 1 : 0;
    return (nodes + surge) * (flat ? (amount(profile, "maxPods") ?? 30) + 1 : 1);
}

/**
 * Plugin, mode, data plane and policy that do not go together.
 * @see https://learn.microsoft.com/azure/aks/azure-cni-powered-by-cilium
 */
export function pluginRefusal({ inputs }: Request): Refusal | undefined {
    const profile = valueAt(inputs, "networkProfile");
    const plugin = text(profile, "networkPlugin") ?? "azure";
    const overlay = text(profile, "networkPluginMode") === "overlay";
    const cilium = text(profile, "networkDataplane") === "cilium";
    const policy = text(profile, "networkPolicy") ?? "none";
    const pods = records(inputs, "agentPoolProfiles").some((pool) => text(pool, "podSubnetID") !== undefined);
    const conflict = (message: string): Refusal => refusal(400, "InvalidNetworkingConfig", message);
    // The codes of the first five are unverified, the rules are documented.
    if (overlay && plugin !== "azure")
        return conflict(`networkPluginMode overlay needs networkPlugin azure, got ${plugin}.`);
    if (overlay && pods) return conflict("networkPluginMode overlay and podSubnetID exclude each other.");
    if (cilium && plugin !== "azure")
        return conflict(`networkDataplane cilium needs networkPlugin azure, got ${plugin}.`);
    if (cilium && !overlay && !pods)
        return conflict("networkDataplane cilium needs networkPluginMode overlay or a podSubnetID.");
    if (cilium !== (policy === "cilium") && (cilium ? policy !== "none" : true)) {
        return conflict(`networkPolicy ${policy} does not go with networkDataplane ${cilium ? "cilium" : "azure"}.`);
    }
    if (policy === "azure" && plugin === "kubenet") {
        return refusal(
            400,
            "NetworkPolicyAzureNotSupportedForKubenet",
            "Network policy azure is not supported for kubenet.",
        );
    }
    if (policy !== "none" && plugin === "none") {
        return refusal(
            400,
            "NetworkPolicyNotSupportedForNone",
            "No network policy is allowed for network plugin none.",
        );
    }
    const basic = (text(profile, "loadBalancerSku") ?? "standard").toLowerCase() === "basic";
    if (basic && valueAt(inputs, "apiServerAccessProfile.enablePrivateCluster") === true) {
        const message = "Private clusters need a Standard load balancer.";
        return refusal(400, "PrivateClusterNotSupportedWithBasicLoadBalancer", message);
    }
    // Basic load balancers were retired in September 2025.
    return basic ? refusal(400, "InvalidLoadBalancerSku", "Load balancer SKU basic is no longer offered.") : undefined;
}

/**
 * Address ranges of services, pods and nodes.
 * @see https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay
 */
export function rangeRefusal({ inputs, azure }: Request): Refusal | undefined {
    const serviceText = text(inputs, "networkProfile.serviceCidr") ?? "10.0.0.0/16";
    const service = parseBlock(serviceText);
    if (!service)
        return refusal(400, "CidrStringParseError", `networkProfile.serviceCidr '${serviceText}' is not a CIDR.`);
    // Documented; the code is unverified.
    const wide = `networkProfile.serviceCidr '${serviceText}' must be smaller than /12.`;
    if (service.length <= 12) return refusal(400, "InvalidParameter", wide);
    const hidden = reserved.find(({ block }) => overlaps(block, service));
    const taken = `networkProfile.serviceCidr '${serviceText}' overlaps ${hidden?.range ?? ""}, which AKS reserves.`;
    if (hidden) return refusal(400, "ServiceCidrOverlapping", taken);

    const subnets = subnetsOfNetworks(azure, nodeSubnets(inputs));
    const met = subnets.find((subnet) => subnetBlocks(subnet).some((block) => overlaps(block, service)));
    const clash = `The specified service CIDR ${serviceText} is conflicted with an existing subnet CIDR of '${nameOf(met?.id ?? "")}'.`;
    if (met) return refusal(400, "ServiceCidrOverlapExistingSubnetsCidr", clash);

    return dnsAddressRefusal(inputs, service, serviceText) ?? podRangeRefusal(inputs, service, subnets);
}

function dnsAddressRefusal(inputs: Properties, service: Block, range: string): Refusal | undefined {
    const given =
        text(inputs, "networkProfile.dnsServiceIP") ??
        (text(inputs, "networkProfile.serviceCidr") === undefined ? "10.0.0.10" : undefined);
    if (given === undefined) return undefined;
    const address = parseAddress(given);
    if (address === undefined)
        return refusal(400, "DnsServiceIpParseError", `DNS service IP '${given}' is not an IP address.`);
    if (address < service.first || address > service.last) {
        return refusal(
            400,
            "DnsServiceIpOutOfServiceCidr",
            `DNS service IP '${given}' is not in the service CIDR ${range}.`,
        );
    }
    // The first address of the range is that of kubernetes.default.
    if (address <= service.first + 1) {
        return refusal(400, "DnsServiceIpConflicting", `DNS service IP '${given}' is the address of the API server.`);
    }
    const last = `DNS service IP '${given}' is the broadcast address of ${range}.`;
    return address === service.last ? refusal(400, "DnsBroadcastAddressConflicting", last) : undefined;
}

function podRangeRefusal(inputs: Properties, service: Block, subnets: readonly Stored[]): Refusal | undefined {
    const overlay = text(inputs, "networkProfile.networkPluginMode") === "overlay";
    const kubenet = text(inputs, "networkProfile.networkPlugin") === "kubenet";
    if (!overlay && !kubenet) return undefined;
    const range = text(inputs, "networkProfile.podCidr") ?? "10.244.0.0/16";
    const pods = parseBlock(range);
    if (!pods) return refusal(400, "CidrStringParseError", `networkProfile.podCidr '${range}' is not a CIDR.`);
    const hidden = reserved.find(({ block }) => overlaps(block, pods));
    // Code unverified.
    if (hidden)
        return refusal(
            400,
            "InvalidParameter",
            `networkProfile.podCidr '${range}' overlaps ${hidden.range}, which AKS reserves.`,
        );
    if (overlaps(pods, service)) {
        return refusal(400, "PodCidrOverlapServiceCidr", `Pod CIDR ${range} overlaps the service CIDR.`);
    }
    const met = subnets.find((subnet) => subnetBlocks(subnet).some((block) => overlaps(block, pods)));
    const clash = `Pod CIDR ${range} overlaps the subnet '${nameOf(met?.id ?? "")}'.`;
    if (met) return refusal(400, "PodCidrOverlapExistingSubnetsCidr", clash);
    // Every node takes a /24 of it.
    const nodes = records(inputs, "agentPoolProfiles").reduce((sum, pool) => sum + (amount(pool, "count") ?? 0), 0);
    const room = pods.length > 24 ? 0 : 2 ** (24 - pods.length);
    const small = `Pod CIDR ${range} holds ${room} nodes of /24 each, ${nodes} are asked for.`;
    return nodes > room ? refusal(400, "InsufficientPodCidr", small) : undefined;
}

/** Every subnet of the networks in which the given subnets are. */
function subnetsOfNetworks(azure: Subscription, ids: readonly string[]): Stored[] {
    const networks = ids.map((id) => ancestorId(id, 1));
    return azure.list(subnetToken).filter((subnet) => networks.some((network) => isAtOrBelow(subnet.id, network)));
}

/**
 * How nodes get out.
 * @see https://learn.microsoft.com/azure/aks/egress-outboundtype
 */
export function outboundRefusal({ inputs, azure }: Request): Refusal | undefined {
    const type = text(inputs, "networkProfile.outboundType") ?? "loadBalancer";
    const subnets = nodeSubnets(inputs);
    if (type === "managedNATGateway" && subnets.length > 0) {
        const message =
            "Outbound type managedNATGateway needs the managed virtual network; agent pools have a subnet of their own.";
        return refusal(400, "ManagedNATGatewayWithCustomVNetNotAllowed", message);
    }
    if (type === "userAssignedNATGateway" && subnets.length === 0) {
        const message = "Outbound type userAssignedNATGateway needs agent pools in a subnet of their own.";
        return refusal(400, "UserAssignedNATGatewayWithManagedVNetNotAllowed", message);
    }
    if (type !== "userDefinedRouting" && type !== "userAssignedNATGateway") return undefined;
    if (type === "userDefinedRouting" && subnets.length === 0) {
        return refusal(
            400,
            "AgentPoolsWithEmptySubnetError",
            "Outbound type userDefinedRouting needs agent pools in a subnet of their own.",
        );
    }
    if (type === "userDefinedRouting" && valueAt(inputs, "networkProfile.loadBalancerProfile") !== undefined) {
        const message = "A load balancer profile and outbound type userDefinedRouting exclude each other.";
        return refusal(400, "InvalidUserDefinedRoutingWithLoadBalancerProfile", message);
    }
    for (const id of subnets) {
        const subnet = azure.find(id);
        const refused =
            subnet && (type === "userDefinedRouting" ? routeRefusal(subnet, azure) : gatewayRefusal(subnet, azure));
        if (refused) return refused;
    }
    return undefined;
}

function routeRefusal(subnet: Stored, azure: Subscription): Refusal | undefined {
    const id = text(subnet.inputs, "routeTable.id");
    const none = `An existing route table has not been associated with subnet ${subnet.id}. Please update the route table association.`;
    if (id === undefined) return refusal(400, "ExistingRouteTableNotAssociatedWithSubnet", none);
    const table = azure.find(id);
    if (!table) return undefined;
    const routes = [
        ...records(table.inputs, "routes"),
        ...azure
            .list("azure-native:network:Route")
            .filter((route) => isAtOrBelow(route.id, id))
            .map(({ inputs }) => inputs),
    ];
    const route = routes.find((one) => text(one, "addressPrefix") === "0.0.0.0/0");
    const missing = `Route table ${id} is missing a default route of 0.0.0.0/0. Please see http://aka.ms/aks/outboundtype for more details`;
    if (!route) return refusal(400, "RouteTableMissingDefaultRouteError", missing);
    const hop = text(route, "nextHopType") ?? "";
    // Text: https://github.com/hashicorp/terraform-provider-azurerm/issues/8609
    const wrong = `Default route 0.0.0.0/0 has a next hop of ${hop} but only next hops of VirtualAppliance or VirtualNetworkGateway are allowed. Please see http://aka.ms/aks/outboundtype for more details`;
    return ["VirtualAppliance", "VirtualNetworkGateway", "None"].includes(hop)
        ? undefined
        : refusal(400, "RouteTableInvalidNextHop", wrong);
}

function gatewayRefusal(subnet: Stored, azure: Subscription): Refusal | undefined {
    const id = text(subnet.inputs, "natGateway.id");
    const none = `Subnet '${subnet.id}' must have a NAT gateway associated for outbound connection.`;
    if (id === undefined) return refusal(400, "SubnetNotAssociatedWithNATGateway", none);
    const gateway = azure.find(id);
    const addresses =
        records(gateway?.inputs, "publicIpAddresses").length + records(gateway?.inputs, "publicIpPrefixes").length;
    const dry = `NAT gateway '${id}' is not associated with any public IP or IP prefix.`;
    return gateway && addresses === 0 ? refusal(400, "NATGatewayNotAssociatedWithPublicIPOrIPPrefix", dry) : undefined;
}

/**
 * API-server VNet integration: a subnet of its own, delegated, /28 or larger, in the nodes' network.
 * @see https://learn.microsoft.com/azure/aks/api-server-vnet-integration
 */
export function apiServerSubnetRefusal({ id: clusterId, inputs, azure }: Request): Refusal | undefined {
    if (valueAt(inputs, "apiServerAccessProfile.enableVnetIntegration") !== true) return undefined;
    const [id, nodes] = [text(inputs, "apiServerAccessProfile.subnetId"), nodeSubnets(inputs)];
    // AKS has one code for what is wrong with this subnet; which faults it stands for is unverified.
    const wrong = (message: string): Refusal => refusal(400, "ApiserverSubnetConfigError", message);
    if (id === undefined) {
        const empty =
            "apiServerAccessProfile.subnetId should not be empty when using custom vnet with apiserverVnetIntegration";
        return nodes.length > 0 ? wrong(empty) : undefined;
    }
    if (!isOwn(azure, id)) return undefined;
    const subnet = azure.find(id);
    if (!subnet) return refusal(404, "SubnetNotFound", `The API server subnet '${id}' was not found.`);
    if (
        !delegatedTo(subnet).some((service) => service.toLowerCase() === "microsoft.containerservice/managedclusters")
    ) {
        return wrong(`Subnet '${nameOf(id)}' must be delegated to Microsoft.ContainerService/managedClusters.`);
    }
    const large = subnetBlocks(subnet).some(({ length }) => length <= 28);
    if (!large) return wrong(`Subnet '${nameOf(id)}' must be at least a /28.`);
    if (nodes.some((node) => sameId(node, id)))
        return wrong(`Subnet '${nameOf(id)}' cannot be the subnet of agent pools too.`);
    const network = ancestorId(id, 1);
    const apart = nodes.find((node) => !sameId(ancestorId(node, 1), network));
    if (apart !== undefined) return wrong(`Subnet '${nameOf(id)}' must be in the virtual network of the agent pools.`);
    const guest = azure.list().find((other) => {
        const token = other.token === "azure-native:network:PrivateEndpoint";
        return token && sameId(text(other.inputs, "subnet.id") ?? "", id) && !sameId(other.id, clusterId);
    });
    if (guest) return wrong(`Subnet '${nameOf(id)}' is used by '${guest.id}'; it is for API servers alone.`);
    const encrypted = valueAt(azure.find(network)?.inputs, "encryption.enabled") === true;
    return encrypted
        ? wrong(`Virtual network '${nameOf(network)}' has encryption on, which API server VNet integration excludes.`)
        : undefined;
}
