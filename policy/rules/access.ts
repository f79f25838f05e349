import { learn, mandatory, type Rule } from "../rule";

const role = ["azure-native:authorization:RoleAssignment"];
/** Owner, Contributor, User Access Administrator, Role Based Access Control Administrator. */
const mighty =
    /(8e3af657-a8ff-443c-a75c-2fe8c4bcb635|b24988ac-6180-42a0-ab88-20f7382dd24c|18d7d88d-d35e-4fb5-a5c3-7773c20a72d9|f58310d9-a9f6-439a-9e8d-f62e7b41a168)$/i;

export const accessRules: readonly Rule[] = [
    mandatory({
        ...{ name: "no-mighty-roles", types: role },
        requires: [{ path: "roleDefinitionId", matchesNot: mighty }],
        reason: "whoever has one of these can give themselves all others",
        remedy: "give the role of facts/access-table.ts that does the one thing, or say in policy/exceptions.ts why not",
        source: learn("role-based-access-control/built-in-roles"),
    }),
    mandatory({
        ...{ name: "role-says-to-whom", types: role },
        requires: [
            { path: "principalType", oneOf: ["Group", "ServicePrincipal"] },
            { path: "scope", given: true },
        ],
        reason: "people get rights by groups, in which they are reviewed; and a type spares Azure a race",
        remedy: "give it to a group of facts/access-table.ts",
        source: learn("role-based-access-control/best-practices"),
    }),
    mandatory({
        name: "federation-exact",
        types: ["azure-native:managedidentity:FederatedIdentityCredential"],
        requires: [
            { path: "audiences[*]", is: "api://AzureADTokenExchange" },
            { path: "issuer", matches: /^https:\/\// },
            { path: "subject", matches: /^[^*]+$/ },
        ],
        reason: "one account of one issuer may sign in as it, and no other",
        remedy: "name the account: system:serviceaccount:NAMESPACE:NAME",
        source: learn("active-directory/workload-identities/workload-identity-federation"),
    }),
    mandatory({
        name: "lock-holds",
        types: ["azure-native:authorization:ManagementLockByScope"],
        requires: [{ path: "level", oneOf: ["CanNotDelete", "ReadOnly"] }],
        reason: "what holds data is not deleted by mistake",
        remedy: "leave it to the tier table (locks)",
        source: learn("azure-resource-manager/management/lock-resources"),
    }),
];
