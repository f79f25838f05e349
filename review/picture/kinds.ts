import type { Graph, Node } from "./graph";
import { listIn, textIn, textsIn, valueIn } from "./graph";
import { columns } from "./picture";
import type { Icon, Purpose } from "./picture";

/** A kind of resource that gets a shape of its own. */
export interface ShapeKind {
    what: string;
    purpose: Purpose;
    icon: Icon;
    column: number;
    /** Input that says which subnet it lies in. @default - any that comes from one */
    subnetFrom?: string;
    /** Not framed by its resource group. */
    free?: boolean;
    /** Small print. */
    lines?: (node: Node, graph: Graph) => (string | undefined | false)[];
}

/** A kind of resource that belongs to another one's shape. */
export interface PartKind {
    /** Kinds that it belongs to: what it refers to, or else what refers to it. */
    of: readonly string[];
    /** One and many, when their number is worth a line. */
    counted?: readonly [string, string];
    /** Said on the shape. */
    line?: (node: Node) => string | undefined;
}

const service = (what: string, purpose: Purpose, icon: Icon, lines?: ShapeKind["lines"]): ShapeKind => ({
    ...{ what, purpose, icon, column: columns.services },
    ...(lines && { lines }),
});

/** What gets a shape of its own. What is neither here nor below is drawn as a plain box, so that nothing is lost. */
export const shapeKinds: Partial<Record<string, ShapeKind>> = {
    "network:VirtualNetwork": {
        ...{ what: "Virtual network", purpose: "network", icon: "network", column: columns.clients, free: true },
        lines: ({ inputs }) => [textsIn(inputs, "addressSpace.addressPrefixes").join(", ")],
    },
    "network:Subnet": {
        ...{ what: "Subnet", purpose: "network", icon: "subnet", column: columns.clients },
        lines: ({ inputs }) => [textIn(inputs, "addressPrefix")],
    },
    "network:NatGateway": {
        ...{ what: "NAT gateway", purpose: "egress", icon: "exit", column: columns.egress, free: true },
        lines: ({ inputs }) => [
            textsIn(inputs, "zones")
                .map((zone) => `zone ${zone}`)
                .join(", "),
        ],
    },
    "network:AzureFirewall": {
        ...{ what: "Firewall", purpose: "egress", icon: "shield", column: columns.egress },
        lines: (node, graph) => [
            textIn(node.inputs, "sku.tier"),
            ...allowedNames(graph),
            zonesOf(node.inputs, "zones"),
        ],
    },
    "network:VirtualNetworkGateway": {
        ...{ what: "Gateway", purpose: "egress", icon: "gateway", column: columns.egress },
        lines: ({ inputs }) => [textIn(inputs, "gatewayType"), textIn(inputs, "sku.name")],
    },
    "network:LocalNetworkGateway": {
        ...{ what: "On-premises", purpose: "outside", icon: "building", column: columns.outside, free: true },
        lines: ({ inputs }) => textsIn(inputs, "localNetworkAddressSpace.addressPrefixes"),
    },
    "network:ExpressRouteCircuit": {
        ...{ what: "ExpressRoute", purpose: "outside", icon: "building", column: columns.outside, free: true },
        lines: ({ inputs }) => [
            textIn(inputs, "serviceProviderProperties.serviceProviderName"),
            textIn(inputs, "serviceProviderProperties.peeringLocation"),
        ],
    },
    "network:BastionHost": { what: "Bastion", purpose: "egress", icon: "gateway", column: columns.clients },
    "containerservice:ManagedCluster": {
        ...{ what: "AKS API server", purpose: "compute", icon: "wheel", column: columns.control },
        subnetFrom: "apiServerAccessProfile",
        lines: ({ inputs, name }) => [
            name,
            [
                `Kubernetes ${textIn(inputs, "kubernetesVersion") ?? ""}`,
                valueIn(inputs, "apiServerAccessProfile.enablePrivateCluster") === true && "private",
            ]
                .filter((part) => part !== false)
                .join(", "),
        ],
    },
    "containerservice:AgentPool": {
        ...{ what: "Pool", purpose: "compute", icon: "server", column: columns.clients, subnetFrom: "vnetSubnetID" },
        lines: ({ inputs }) => [textIn(inputs, "vmSize"), nodeCount(inputs)],
    },
    "keyvault:Vault": service("Key vault", "keys", "safe", ({ inputs, name }) => [
        name,
        isPrivate(inputs, "properties.publicNetworkAccess"),
    ]),
    "keyvault:Key": { what: "Key", purpose: "keys", icon: "key", column: columns.keys },
    "keyvault:ManagedHsm": service("Managed HSM", "keys", "safe", ({ name }) => [name]),
    "containerregistry:Registry": service("Registry", "data", "layers", ({ inputs, name }) => [
        name,
        textIn(inputs, "zoneRedundancy") === "Enabled" ? "images, zone redundant" : "images",
        isPrivate(inputs),
    ]),
    "storage:StorageAccount": service("Storage", "data", "cylinder", ({ inputs, name }) => [
        name,
        valueIn(inputs, "immutableStorageWithVersioning.enabled") === true && "write once, read many",
        isPrivate(inputs),
    ]),
    "operationalinsights:Workspace": service("Log Analytics", "watching", "chart", ({ inputs, name }) => [
        name,
        retention(textIn(inputs, "retentionInDays")),
    ]),
    "monitor:AzureMonitorWorkspace": service("Managed Prometheus", "watching", "chart", ({ name }) => [name]),
    "dashboard:Grafana": service("Grafana", "watching", "chart", ({ name }) => [name]),
    "monitor:PrivateLinkScope": service("Monitor private link scope", "watching", "chart", ({ name }) => [name]),
    "applicationinsights:Component": service("Application Insights", "watching", "chart", ({ name }) => [name]),
    "machinelearningservices:Workspace": service("ML workspace", "learning", "flask", ({ inputs, name }) => [
        name,
        "tracking and assets",
        isPrivate(inputs),
    ]),
    "compute:VirtualMachineScaleSet": {
        ...{ what: "Machines", purpose: "compute", icon: "agent", column: columns.clients },
        lines: ({ inputs, label }) => [label, textIn(inputs, "sku.name")],
    },
    "devopsinfrastructure:Pool": {
        ...{ what: "CI runners", purpose: "compute", icon: "agent", column: columns.clients },
        lines: ({ name }) => [name],
    },
    "dnsresolver:InboundEndpoint": {
        ...{ what: "DNS resolver, inbound", purpose: "network", icon: "names", column: columns.egress },
        lines: () => ["answers the hub and on-premises"],
    },
    "dnsresolver:OutboundEndpoint": {
        ...{ what: "DNS resolver, outbound", purpose: "network", icon: "names", column: columns.egress },
    },
};

/** What is told on the shape of another one. */
export const partKinds: Partial<Record<string, PartKind>> = {
    "operationalinsights:Table": { of: ["operationalinsights:Workspace"], counted: ["table", "tables"] },
    "network:NetworkSecurityGroup": { of: ["network:Subnet"] },
    "network:RouteTable": { of: ["network:Subnet"] },
    "network:Route": { of: ["network:RouteTable"] },
    "network:PublicIPAddress": {
        of: ["network:NatGateway", "network:AzureFirewall", "network:VirtualNetworkGateway", "network:BastionHost"],
        counted: ["public address", "public addresses"],
    },
    "network:FirewallPolicy": { of: ["network:AzureFirewall"] },
    "network:FirewallPolicyRuleCollectionGroup": { of: ["network:FirewallPolicy"] },
    "network:PrivateDnsZoneGroup": { of: ["network:PrivateEndpoint"] },
    "network:FlowLog": { of: ["network:VirtualNetwork"], line: () => "flow logs are kept" },
    "privatedns:VirtualNetworkLink": { of: ["privatedns:PrivateZone"] },
    "dnsresolver:DnsResolver": { of: ["dnsresolver:InboundEndpoint", "dnsresolver:OutboundEndpoint"] },
    "dnsresolver:DnsForwardingRuleset": { of: ["dnsresolver:OutboundEndpoint"] },
    "dnsresolver:ForwardingRule": {
        of: ["dnsresolver:DnsForwardingRuleset"],
        line: ({ inputs }) => `asks for ${textIn(inputs, "domainName")?.replace(/\.$/, "") ?? "names"}`,
    },
    "dnsresolver:PrivateResolverVirtualNetworkLink": { of: ["dnsresolver:DnsForwardingRuleset"] },
    "compute:DiskEncryptionSet": { of: ["keyvault:Key"] },
    "containerservice:MaintenanceConfiguration": {
        of: ["containerservice:ManagedCluster"],
        counted: ["maintenance window", "maintenance windows"],
    },
    "storage:BlobContainer": { of: ["storage:StorageAccount"], counted: ["container", "containers"] },
    "storage:FileShare": { of: ["storage:StorageAccount"], counted: ["file share", "file shares"] },
    "storage:Queue": { of: ["storage:StorageAccount"], counted: ["queue", "queues"] },
    "storage:BlobServiceProperties": { of: ["storage:StorageAccount"] },
    "storage:FileServiceProperties": { of: ["storage:StorageAccount"] },
    "storage:QueueServiceProperties": { of: ["storage:StorageAccount"] },
    "storage:ManagementPolicy": { of: ["storage:StorageAccount"] },
};

/** What only fills a picture: one and many. */
export const countedKinds: Partial<Record<string, readonly [string, string]>> = {
    "alertsmanagement:PrometheusRuleGroup": ["group of metric alerts", "groups of metric alerts"],
    "authorization:ManagementLockByScope": ["lock", "locks"],
    "authorization:PolicyAssignment": ["policy assignment", "policy assignments"],
    "authorization:RoleAssignment": ["role assignment", "role assignments"],
    "consumption:Budget": ["budget", "budgets"],
    "managedidentity:UserAssignedIdentity": ["managed identity", "managed identities"],
    "managedidentity:FederatedIdentityCredential": ["federated credential", "federated credentials"],
    "monitor:ActionGroup": ["action group", "action groups"],
    "monitor:ActivityLogAlert": ["activity alert", "activity alerts"],
    "monitor:DataCollectionEndpoint": ["data collection endpoint", "data collection endpoints"],
    "monitor:DataCollectionRule": ["data collection rule", "data collection rules"],
    "monitor:DataCollectionRuleAssociation": ["data collection association", "data collection associations"],
    "monitor:DiagnosticSetting": ["diagnostic setting", "diagnostic settings"],
    "monitor:MetricAlert": ["metric alert", "metric alerts"],
    "monitor:ScheduledQueryRule": ["log alert", "log alerts"],
};

function isPrivate(inputs: unknown, path = "publicNetworkAccess"): string | undefined {
    return textIn(inputs, path) === "Disabled" ? "no public access" : undefined;
}

function zonesOf(inputs: unknown, path: string): string | undefined {
    const zones = textsIn(inputs, path);
    return zones.length > 0 ? `zones ${zones.join(", ")}` : undefined;
}

function nodeCount(inputs: unknown): string {
    const [least, most] = [textIn(inputs, "minCount"), textIn(inputs, "maxCount")];
    const fixed = textIn(inputs, "count") ?? "?";
    const count = least === undefined || most === undefined || least === most ? fixed : `${least} to ${most}`;
    return `${count} ${count === "1" ? "node" : "nodes"}${textIn(inputs, "scaleSetPriority") === "Spot" ? ", spot" : ""}`;
}

const retention = (days: string | undefined): string | undefined => days && `keeps logs ${days} days`;

/** How many names the rules let out to, and which of Azure's own lists. */
function allowedNames(graph: Graph): string[] {
    const rules = graph
        .ofKind("network:FirewallPolicyRuleCollectionGroup")
        .flatMap(({ inputs }) => listIn(inputs, "ruleCollections"))
        .flatMap((collection) => listIn(collection, "rules"));
    const names = new Set(
        rules.flatMap((rule) => ["targetFqdns", "destinationFqdns"].flatMap((at) => textsIn(rule, at))),
    );
    const tags = new Set(rules.flatMap((rule) => textsIn(rule, "fqdnTags")));
    return [
        ...(names.size > 0 ? [`lets out to ${names.size} ${names.size === 1 ? "name" : "names"}`] : []),
        ...[...tags].sort().map((tag) => `and ${tag}`),
    ];
}
