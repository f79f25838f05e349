import { exempt } from "./exceptions";
import { learn, type Rule } from "./rule";

/** A resource among its stack's others. */
export interface StackResource {
    urn: string;
    type: string;
    name: string;
    /** What a property of its inputs comes from, by property. */
    comesFrom: Readonly<Record<string, readonly string[]>>;
    protect: boolean;
    /** Of the tag that the program sets; undefined where there is none. */
    environment?: string;
    /** For objects of a cluster: their namespace and their own name. */
    namespace?: string;
    objectName?: string;
}

/** A rule on what must be there beside a resource. */
export interface StackRule extends Omit<Rule, "when" | "each" | "requires"> {
    asks: string;
    /** Is what it asks for there? */
    holds: (resource: StackResource, all: readonly StackResource[]) => boolean;
}

/** Resources that lack what a rule asks for, but for its exceptions. */
export const lacking = (rule: StackRule, all: readonly StackResource[]): StackResource[] =>
    all.filter(
        (one) =>
            rule.types.includes(one.type) &&
            !rule.holds(one, all) &&
            !exempt({
                ...{ rule: rule.name, type: one.type, name: one.name },
                ...(one.environment !== undefined && { environment: one.environment }),
            }),
    );

const endpoint = "azure-native:network:PrivateEndpoint";
const setting = "azure-native:monitor:DiagnosticSetting";
const policy = "kubernetes:networking.k8s.io/v1:NetworkPolicy";

/** Is there one of a type, a property of which comes from the resource, or from what is part of it? */
const pointsAt =
    (type: string, property: string) =>
    ({ urn }: StackResource, all: readonly StackResource[]): boolean =>
        all.some((other) => other.type === type && (other.comesFrom[property] ?? []).includes(urn));

export const stackRules: readonly StackRule[] = [
    {
        ...{ name: "reached-privately", asks: "a private endpoint of its own", severity: "mandatory" },
        types: [
            "azure-native:storage:StorageAccount",
            "azure-native:keyvault:Vault",
            "azure-native:containerregistry:Registry",
            "azure-native:machinelearningservices:Workspace",
            "azure-native:dashboard:Grafana",
            "azure-native:monitor:AzureMonitorWorkspace",
            "azure-native:monitor:PrivateLinkScope",
        ],
        holds: pointsAt(endpoint, "privateLinkServiceConnections"),
        reason: "it is closed to the internet, so without an endpoint in the network nobody reaches it",
        remedy: "give it a private endpoint (components/network)",
        source: `${learn("private-link/private-endpoint-overview")}, CKV2_AZURE_33, CKV2_AZURE_32`,
    },
    {
        ...{ name: "diagnosed", asks: "a diagnostic setting of its own", severity: "mandatory" },
        types: [
            "azure-native:keyvault:Vault",
            "azure-native:containerregistry:Registry",
            "azure-native:containerservice:ManagedCluster",
            "azure-native:machinelearningservices:Workspace",
            "azure-native:network:NetworkSecurityGroup",
        ],
        holds: pointsAt(setting, "resourceUri"),
        reason: "who did what with it is on record",
        remedy: "give it to the environment's Diagnostics (components/observability)",
        source: `${learn("azure-monitor/essentials/diagnostic-settings")}, CKV_AZURE_4`,
    },
    {
        ...{ name: "namespace-closed", asks: "a network policy in it", severity: "mandatory" },
        types: ["kubernetes:core/v1:Namespace"],
        holds: ({ objectName }, all) => all.some(({ type, namespace }) => type === policy && namespace === objectName),
        reason: "without a network policy every pod reaches every other",
        remedy: "give it network policies (components/workloads)",
        source: "https://kubernetes.io/docs/concepts/services-networking/network-policies, CKV2_K8S_6",
    },
    {
        // Advisory, as a teardown lifts protection in a change of its own, which people sign.
        ...{ name: "data-protected", asks: "`protect`, in staging and prod", severity: "advisory" },
        types: [
            "azure-native:storage:StorageAccount",
            "azure-native:keyvault:Vault",
            "azure-native:containerregistry:Registry",
            "azure-native:machinelearningservices:Workspace",
        ],
        holds: ({ protect, environment }) => protect || !["staging", "prod"].includes(environment ?? ""),
        reason: "a slip in the program deletes no data",
        remedy: "leave it to the tier table (protect); a teardown lifts it by mlplatform:teardown",
        source: "https://www.pulumi.com/docs/iac/concepts/options/protect",
    },
];
