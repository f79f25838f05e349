import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stableGuid } from "../../azure/guid";
import { readFacts } from "../azure-facts";
import type { AzureFacts, IdentityFacts } from "../azure-facts";
import { clusterFiles } from "../control-plane/settings";
import { sandboxFiles } from "./places";
import { aksServerApplicationId, claimsOf, entraIssuer, signedToken, verifiedClaims } from "./tokens";

/** Somebody whom Entra ID gives tokens to. */
export interface Principal {
    /** As whom somebody names it. */
    name: string;
    objectId: string;
    /** Object ids of its groups. */
    groups: readonly string[];
    /** Of an application or a managed identity; people have none. */
    clientId?: string;
}

/** Who is signed in where nobody says otherwise: a member of the cluster's admin groups. */
export const signedIn = "admin";

const lifetimeSeconds = 3600;
/** What Entra ID wants the tokens of others made out for. @see https://learn.microsoft.com/entra/workload-id/workload-identity-federation-create-trust */
const exchangeAudience = "api://AzureADTokenExchange";

/** The sandbox's Entra ID: who there is, and the tokens that they get. `folder` is the sandbox's. */
export class Directory {
    private readonly clusters: readonly { folder: string; facts: AzureFacts }[];

    constructor(private readonly folder: string) {
        this.clusters = sandboxFiles(folder)
            .allClusters()
            .flatMap((cluster) => {
                const facts = readFacts(clusterFiles(cluster).azure);
                return facts ? [{ folder: cluster, facts }] : [];
            });
    }

    /** Those that have a name. A member of any group is `group:OBJECT-ID`. */
    principals(): Principal[] {
        const groups = this.clusters.flatMap(({ facts }) => facts.cluster.adminGroupObjectIds);
        const admin = { name: signedIn, objectId: stableGuid(signedIn, "user"), groups: [...new Set(groups)] };
        return [admin, ...this.identities().map(principalOf)];
    }

    /**
     * The principal of that name, client id or object id, or a member of a group.
     * @throws Error naming those that there are.
     */
    find(name: string): Principal {
        const group = /^group:([0-9a-f-]{36})$/i.exec(name)?.[1]?.toLowerCase();
        if (group !== undefined) return { name, objectId: stableGuid(group, "member"), groups: [group] };
        const all = this.principals();
        const wanted = name.toLowerCase();
        const found = all.find((one) =>
            [one.name, one.objectId, one.clientId].some((known) => known?.toLowerCase() === wanted),
        );
        if (found) return found;
        const names = all.map((one) => one.name).join(", ");
        throw new Error(`the sandbox's directory has no "${name}". It has: ${names}, group:OBJECT-ID`);
    }

    /**
     * Exchanges a service account's token for the identity that trusts it.
     * @throws Error in Entra ID's words, with its code, when nothing trusts it.
     */
    federated(clientId: string, assertion: string): Principal {
        const identity = this.identities().find((one) => one.clientId.toLowerCase() === clientId.toLowerCase());
        if (!identity) throw new Error(`AADSTS700016: Application with identifier '${clientId}' was not found.`);
        const { iss, sub, aud } = claimsOf(assertion);
        const trusted = identity.federatedCredentials.some(
            ({ issuer, subject, audiences }) =>
                issuer === iss && subject === sub && audiences.some((one) => [aud].flat().includes(one)),
        );
        if (!trusted || ![aud].flat().includes(exchangeAudience)) {
            throw new Error(
                `AADSTS700213: No matching federated identity record found for presented assertion subject '${sub}', ` +
                    `issuer '${iss}', audience '${[aud].flat().join(" ")}'.`,
            );
        }
        const cluster = this.clusters.find(({ facts }) => facts.cluster.issuerUrl === iss);
        if (!cluster) throw new Error(`AADSTS50166: the keys of the issuer '${iss}' cannot be reached.`);
        const key = join(clusterFiles(cluster.folder).pki, "service-accounts.pub");
        verifiedClaims(assertion, readFileSync(key, "utf8"));
        return principalOf(identity);
    }

    /** A token for the clusters of the tenant, or for another resource. */
    tokenFor(
        { name, objectId, groups, clientId }: Principal,
        audience = aksServerApplicationId,
        now = Date.now(),
    ): { token: string; expires: Date } {
        const tenantId = this.clusters[0]?.facts.tenantId;
        if (tenantId === undefined) throw new Error("there is no cluster in the sandbox: `npm start` brings one up");
        const seconds = Math.floor(now / 1000);
        const { entra } = sandboxFiles(this.folder);
        const [privateKey, publicKey] = ["key", "pub"].map((kind) =>
            readFileSync(join(entra, `tokens.${kind}`), "utf8"),
        );
        const who =
            clientId === undefined
                ? { upn: `${name}@sandbox.invalid`, idtyp: "user" }
                : { appid: clientId, idtyp: "app" };
        const claims = {
            ...{ aud: audience, iss: entraIssuer(tenantId), tid: tenantId, ver: "1.0" },
            ...{ iat: seconds, nbf: seconds, exp: seconds + lifetimeSeconds },
            ...{ oid: objectId, sub: objectId, groups, ...who },
        };
        return { token: signedToken(claims, privateKey ?? "", publicKey ?? ""), expires: new Date(claims.exp * 1000) };
    }

    private identities(): readonly IdentityFacts[] {
        const all = this.clusters.flatMap(({ facts }) => facts.identities);
        return [...new Map(all.map((identity) => [identity.principalId, identity])).values()];
    }
}

function principalOf({ name, clientId, principalId }: IdentityFacts): Principal {
    return { name, objectId: principalId, clientId, groups: [] };
}
