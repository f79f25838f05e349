/** What the sandbox does not do as Azure does, beyond types and functions that it does not know (it names those). */
export const gaps: readonly string[] = [
    "Names and locations are never made up: a request without them is refused, where azure-native would fill them in.",
    "Functions other than `getClientConfig` and the `get…` of a type in the table above are refused by name, `list…` too.",
    "Assets and archives as inputs, and the provider's `list`.",
    "Throttling by Azure's token buckets (20 writes on a cluster, then one a minute). Throttling as such can be injected.",
    "Failures after Azure has accepted a request, other than a lost connection: a capacity that runs out, a node that never gets ready.",
    "The data plane: no blob, secret, image or packet exists. Names resolve nowhere, and nothing listens.",
    "The cluster's API server, nodes and autoscaler. A pool's number of nodes changes by command (`sandbox set`).",
    "Defender and role assignments of the deploying identity: whoever deploys may do everything.",
    "Azure Policy beyond what its Deny refuses: effects that change, add or report, and policies about pods.",
    "Quotas are the sandbox's own figures (`sandbox/azure/quota.ts`); capacity of zones and sizes is a table, not today's.",
    "Lists that azure-native compares without regard to order, and defaults that it leaves out of a preview's differences.",
    "Managed HSMs and keys of other tenants are taken as they are named.",
    "Error codes: where Azure's page states a rule but no code, the closest code in use stands in. Such rules are counted as unverified above.",
];
