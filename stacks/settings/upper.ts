import { namespace, stackKinds, type ReadConfig } from "../config";
import { guid, oneOf, text } from "../parse";
import { environments, tiers, type Environment, type Tier } from "../tiers";

/** What every stack above a foundation is told. */
export interface UpperSettings {
    environment: Environment;
    tier: Tier;
    /** Stack that holds the foundation. */
    foundation: string;
    subscriptionId: string;
    tenantId: string;
}

export const stackName = text(/^[A-Za-z0-9_.-]{1,100}$/, "the name of a stack");

/** Keys that all of them read. */
export const upperKeys = {
    "mlplatform:kind": oneOf(stackKinds),
    "mlplatform:environment": oneOf(environments),
    "mlplatform:foundation": stackName,
    "azure-native:subscriptionId": guid,
    "azure-native:tenantId": guid,
} as const;

export const requiredUpperKeys = [
    ...([`${namespace}:kind`, `${namespace}:environment`] as const),
    ...(["azure-native:subscriptionId", "azure-native:tenantId"] as const),
] satisfies (keyof typeof upperKeys)[];

/** Where a value is missing or unreadable, a stand-in lets the other rules be checked all the same. */
export function upperSettings(read: ReadConfig<typeof upperKeys>): UpperSettings {
    const environment = read["mlplatform:environment"] ?? "dev";
    return {
        ...{ environment, tier: tiers[environment], foundation: read["mlplatform:foundation"] ?? environment },
        subscriptionId: read["azure-native:subscriptionId"] ?? "",
        tenantId: read["azure-native:tenantId"] ?? "",
    };
}
