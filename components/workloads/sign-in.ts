import type { Opening } from "./network-policies";

/** An app registration that people sign in to. The pod that does so proves itself by the cluster's word: no client secret. */
export interface AppSignIn {
    /** Host name under which people come. */
    host: string;
    /** Application (client) id of the app registration. */
    clientId: string;
    /** Object ids of Entra groups whose members may come in; at least one. */
    groups: readonly string[];
}

const guid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** What is wrong with it; empty when nothing is. */
export function signInFaults(field: string, { host, clientId, groups }: AppSignIn): string[] {
    return [
        !/^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/.test(host) &&
            `${field}host must be a full host name in small letters, got "${host}"`,
        !guid.test(clientId) && `${field}clientId must be a GUID, got "${clientId}"`,
        groups.length === 0 && `${field}groups must hold at least 1, got 0: nobody could sign in`,
        ...groupFaults(`${field}groups`, groups),
    ].filter((fault) => fault !== false);
}

export const groupFaults = (field: string, groups: readonly string[]): string[] =>
    groups.flatMap((id, index) => (guid.test(id) ? [] : [`${field}[${index}] must be a GUID, got "${id}"`]));

/**
 * The way to where people sign in: outside of private networks and of what a machine asks its host. Which names, the firewall
 * says: https://learn.microsoft.com/azure/aks/outbound-rules-control-egress
 */
export const toEntra = (name: string, pods: Readonly<Record<string, string>>): Opening => ({
    ...{ name, pods, to: [outside], ports: [443] },
});

/** The internet and nothing nearer. */
export const outside = {
    ipBlock: {
        cidr: "0.0.0.0/0",
        except: [
            ...["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"],
            ...["169.254.0.0/16", "168.63.129.16/32"],
        ],
    },
};
