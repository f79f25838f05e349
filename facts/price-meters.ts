import { vmSizes } from "./vm-sizes";

/**
 * How Azure's price list knows a meter: the values of these fields in its rows.
 * @see https://learn.microsoft.com/rest/api/cost-management/retail-prices/azure-retail-prices
 */
export interface MeterQuery {
    serviceName: string;
    productName?: string;
    skuName?: string;
    meterName?: string;
    armSkuName?: string;
}

/** Something that Azure bills by. */
export interface Meter {
    /** Key of our own. */
    key: string;
    /** For readers. */
    what: string;
    /** What the price is for, as the list writes it (`unitOfMeasure`). */
    unit: "1 Hour" | "1/Hour" | "1/Day" | "1/Month" | "1 GB" | "1 GB/Month" | "10K" | "10M" | "1";
    query: MeterQuery;
    /** Only rows of spot machines, or none of them. */
    spot: boolean;
    /** Has one price in all regions, and no region in the list. */
    everywhere: boolean;
    /** Where the query's names are from; unverified where nobody has seen the list answer to them. */
    source: string;
}

type Row = readonly [key: string, what: string, unit: Meter["unit"], query: MeterQuery, source: string];

const providers = (file: string): string => `infracost/infracost internal/providers/terraform/azure/${file}.go`;
const resources = (file: string): string => `infracost/infracost internal/resources/azure/${file}.go`;
/** Rows of the list as it answered in September 2026. */
const recorded = "jokamotonpi/azure-price-mirror prices/AzurePriceList_westus.csv";
const unverified = "unverified: names as on the price pages";

/** Managed disks are billed by the next larger of these: https://learn.microsoft.com/azure/virtual-machines/disks-types */
export const diskSizes: readonly { tier: number; gib: number }[] = [
    [1, 4],
    [2, 8],
    [3, 16],
    [4, 32],
    [6, 64],
    [10, 128],
    [15, 256],
    [20, 512],
    [30, 1024],
    [40, 2048],
].map(([tier = 0, gib = 0]) => ({ tier, gib }));

const diskProducts = { P: "Premium SSD Managed Disks", E: "Standard SSD Managed Disks" } as const;
const diskNames = { P: "premium SSD", E: "standard SSD" } as const;

const disks = (["P", "E"] as const).flatMap((kind) =>
    diskSizes.map(({ tier }): Row => {
        const size = `${kind}${tier}`;
        const query = { serviceName: "Storage", productName: diskProducts[kind], meterName: `${size} LRS Disk` };
        return [`disk:${size}`, `${diskNames[kind]} ${size}`, "1/Month", query, unverified];
    }),
);

const named = (serviceName: string, meterName: string, skuName?: string): MeterQuery => ({
    ...{ serviceName, meterName },
    ...(skuName !== undefined && { skuName }),
});
const monitor = (meterName: string, skuName?: string): MeterQuery => named("Azure Monitor", meterName, skuName);
const vault = (meterName: string, skuName = "Standard"): MeterQuery => named("Key Vault", meterName, skuName);
const network = (meterName: string): MeterQuery => named("Virtual Network", meterName);
const watcher = (meterName: string): MeterQuery => named("Network Watcher", meterName);
const payAsYouGo = (what: string): MeterQuery => named("Log Analytics", `Pay-as-you-go ${what}`, "Pay-as-you-go");
const balancer = (meterName: string): MeterQuery => named("Load Balancer", meterName, "Standard");
const grafana = (meterName: string): MeterQuery => named("Azure Grafana Service", meterName, "Standard");

const firewalls = ["Standard", "Premium"].flatMap((tier): Row[] => {
    const query = (what: string): MeterQuery => named("Azure Firewall", `${tier} ${what}`, tier);
    return [
        [`firewall:${tier}`, `firewall ${tier}`, "1 Hour", query("Deployment"), providers("firewall")],
        [`firewall-data:${tier}`, "through the firewall", "1 GB", query("Data Processed"), providers("firewall")],
    ];
});

const gateways = [
    ...["VpnGw1AZ", "VpnGw2AZ", "VpnGw3AZ", "VpnGw4AZ", "VpnGw5AZ"].map((sku): Row => {
        return [
            `gateway:${sku}`,
            `gateway ${sku}`,
            "1 Hour",
            named("VPN Gateway", sku),
            providers("virtual_network_gateway"),
        ];
    }),
    ...["ErGw1AZ", "ErGw2AZ", "ErGw3AZ"].map((sku): Row => {
        return [`gateway:${sku}`, `gateway ${sku}`, "1 Hour", named("ExpressRoute", `${sku} Gateway`), unverified];
    }),
];

const logAlerts = [1, 5, 10, 15].map((minutes): Row => {
    const query = monitor(`Alerts System Log Monitored at ${minutes} Minute Frequency`);
    const source = resources("monitor_scheduled_query_rules_alert");
    return [`alert:log-${minutes}`, `log alert, every ${minutes} min`, "1/Month", query, source];
});

const blobs = ["LRS", "ZRS", "GRS"].flatMap((redundancy): Row[] => {
    const query = (meterName: string): MeterQuery => ({
        ...{ serviceName: "Storage", productName: "General Block Blob v2", skuName: `Hot ${redundancy}`, meterName },
    });
    const of = (what: string): string => `${what}, hot, ${redundancy}`;
    return [
        [`blob:${redundancy}`, of("blobs"), "1 GB/Month", query(`Hot ${redundancy} Data Stored`), unverified],
        [`blob-write:${redundancy}`, of("writes"), "10K", query(`Hot ${redundancy} Write Operations`), unverified],
        [`blob-read:${redundancy}`, of("reads"), "10K", query("Hot Read Operations"), unverified],
    ];
});

const natGateway: MeterQuery = { serviceName: "NAT Gateway", productName: "NAT Gateway" };

const rows: readonly Row[] = [
    ...[...disks, ...firewalls, ...gateways, ...logAlerts, ...blobs],
    ["nat:hour", "NAT gateway", "1 Hour", natGateway, providers("nat_gateway")],
    ["nat:data", "through the NAT gateway", "1 GB", natGateway, providers("nat_gateway")],
    ["ip:public", "public IP address", "1 Hour", network("Standard IPv4 Static Public IP"), unverified],
    ["endpoint:hour", "private endpoint", "1 Hour", network("Standard Private Endpoint"), unverified],
    ["endpoint:in", "into private endpoints", "1 GB", network("Standard Data Processed - Ingress"), unverified],
    ["endpoint:out", "out of private endpoints", "1 GB", network("Standard Data Processed - Egress"), unverified],
    ["peering:in", "in by peerings", "1 GB", network("Intra-Region Ingress"), unverified],
    ["peering:out", "out by peerings", "1 GB", network("Intra-Region Egress"), unverified],
    ["internet:out", "to the internet", "1 GB", named("Bandwidth", "Standard Data Transfer Out"), unverified],
    ["dns:zone", "private DNS zone", "1/Month", named("Azure DNS", "Private Zone", "Private"), unverified],
    ["dns:inbound", "resolver, way in", "1/Month", named("Azure DNS", "Private Resolver Inbound Endpoint"), unverified],
    [
        "dns:outbound",
        "resolver, way out",
        "1/Month",
        named("Azure DNS", "Private Resolver Outbound Endpoint"),
        unverified,
    ],
    ["dns:ruleset", "resolver, rules", "1/Month", named("Azure DNS", "Private Resolver Ruleset"), unverified],
    [
        "balancer:rules",
        "load balancer, first five rules",
        "1 Hour",
        balancer("Standard Included LB Rules and Outbound Rules"),
        unverified,
    ],
    ["balancer:data", "through the load balancer", "1 GB", balancer("Standard Data Processed"), unverified],
    [
        "aks:Standard",
        "AKS uptime SLA",
        "1 Hour",
        named("Azure Kubernetes Service", "Standard Uptime SLA", "Standard"),
        resources("kubernetes_cluster"),
    ],
    [
        "aks:Premium",
        "AKS long-term support",
        "1 Hour",
        named("Azure Kubernetes Service", "Standard Long Term Support"),
        unverified,
    ],
    [
        "defender:vcore",
        "Defender for Containers, a vCPU",
        "1 Hour",
        named("Microsoft Defender for Cloud", "Standard vCore"),
        unverified,
    ],
    [
        "registry:Premium",
        "registry Premium",
        "1/Day",
        named("Container Registry", "Premium Registry Unit", "Premium"),
        unverified,
    ],
    [
        "registry:storage",
        "images beyond the registry's 500 GB",
        "1 GB/Month",
        named("Container Registry", "Data Stored", "Premium"),
        unverified,
    ],
    [
        "key:hsm-2048",
        "key in hardware, RSA 2048",
        "1/Month",
        vault("Premium HSM-protected RSA 2048-bit key", "Premium"),
        providers("key_vault_key"),
    ],
    [
        "key:hsm",
        "key in hardware, longer",
        "1/Month",
        vault("Premium HSM-protected Advanced Key", "Premium"),
        providers("key_vault_key"),
    ],
    ["key:rotation", "rotations of keys", "1", vault("Secret Renewal"), providers("key_vault_key")],
    ["key:operations", "uses of keys", "10K", vault("Advanced Key Operations"), providers("key_vault_key")],
    ["vault:operations", "uses of secrets", "10K", vault("Operations"), providers("key_vault_key")],
    ["logs:analytics", "logs taken in", "1 GB", payAsYouGo("Data Ingestion"), resources("log_analytics_workspace")],
    [
        "logs:basic",
        "logs taken in, plan Basic",
        "1 GB",
        monitor("Basic Logs Data Ingestion", "Basic Logs"),
        resources("log_analytics_workspace"),
    ],
    [
        "logs:retention",
        "logs kept beyond 31 days",
        "1 GB/Month",
        payAsYouGo("Data Retention"),
        resources("log_analytics_workspace"),
    ],
    [
        "logs:archive",
        "logs in the archive",
        "1 GB/Month",
        monitor("Data Archive", "Data Archive"),
        resources("log_analytics_workspace"),
    ],
    ["metrics:samples", "samples of Prometheus", "10M", monitor("Metrics ingestion Metric samples"), unverified],
    ["grafana:hour", "Grafana", "1/Hour", grafana("Standard Instance"), unverified],
    ["grafana:zones", "Grafana in zones", "1/Hour", grafana("Standard Zone Redundancy"), recorded],
    ["grafana:user", "users of Grafana", "1/Month", grafana("Standard User"), unverified],
    [
        "flows:logs",
        "flow logs",
        "1 GB",
        watcher("Standard Network Logs Collected"),
        resources("network_watcher_flow_log"),
    ],
    [
        "flows:analytics-60",
        "traffic analytics, hourly",
        "1 GB",
        watcher("Standard Traffic Analytics Processing"),
        resources("network_watcher_flow_log"),
    ],
    [
        "flows:analytics-10",
        "traffic analytics, every 10 min",
        "1 GB",
        watcher("Standard Traffic Analytics Processing at 10-Minute Interval"),
        resources("network_watcher_flow_log"),
    ],
    ["alert:metric", "series of a metric that is watched", "1/Month", monitor("Alerts Metric Monitored"), unverified],
    ["cosmos:throughput", "Cosmos DB, 100 RU/s", "1 Hour", named("Azure Cosmos DB", "100 RU/s"), unverified],
    ["search:Basic", "AI Search Basic", "1 Hour", named("Azure Cognitive Search", "Basic Unit"), unverified],
    ["search:S1", "AI Search Standard S1", "1 Hour", named("Azure Cognitive Search", "Standard S1 Unit"), unverified],
];

/** Billed by what no region's list has. */
const everywhere: ReadonlySet<string> = new Set(["nat:hour", "nat:data", "dns:zone", "peering:in", "peering:out"]);

const machines = vmSizes.flatMap(({ name, spot }): Meter[] => {
    const query: MeterQuery = { serviceName: "Virtual Machines", armSkuName: name };
    const regular: Meter = {
        ...{ key: `vm:${name}`, what: name, unit: "1 Hour", query, spot: false, everywhere: false, source: recorded },
    };
    return [regular, ...(spot ? [{ ...regular, key: `spot:${name}`, what: `${name}, spot`, spot: true }] : [])];
});

/** All that the platform is billed by. */
export const priceMeters: ReadonlyMap<string, Meter> = new Map(
    [
        ...machines,
        ...rows.map(([key, what, unit, query, source]): Meter => {
            return { key, what, unit, query, spot: false, everywhere: everywhere.has(key), source };
        }),
    ].map((meter) => [meter.key, meter]),
);
