import * as pulumi from "@pulumi/pulumi";
import type { CustomerManagedKey } from "../../components/encryption/customer-managed-key";
import { PrivateDns } from "../../components/network/private-dns";
import type { PrivateLinkPlace } from "../../components/network/private-link";
import type { ZoneUse } from "../../components/network/private-link-targets";
import type { Placement } from "../../components/placement";

/** Where the components of the tests go. */
export const place: Placement = {
    naming: { workload: "mlp", environment: "dev", subscriptionId: "11111111-1111-4111-8111-111111111111" },
    resourceGroupName: "rg-mlp-dev-sdc",
    location: "swedencentral",
    tags: { environment: "dev" },
};

/** A key that is ready for use. */
export const key: CustomerManagedKey = {
    keyUri: pulumi.output("https://kv.vault.azure.net/keys/k"),
    keyUriWithVersion: pulumi.output("https://kv.vault.azure.net/keys/k/0123"),
    vaultUri: pulumi.output("https://kv.vault.azure.net/"),
    keyName: pulumi.output("k"),
    vaultId: pulumi.output("/vault"),
    keyId: pulumi.output("/vault/keys/k"),
    identity: {
        id: pulumi.output("/identity"),
        clientId: pulumi.output("identity-client"),
        principalId: pulumi.output("identity-principal"),
    },
};

/** Zones of our own for these uses, and a subnet for endpoints. */
export function privateLink(...uses: ZoneUse[]): PrivateLinkPlace {
    const dns = new PrivateDns("dns", { ...place, virtualNetworkId: "/vnet", uses, zones: { kind: "own" } });
    return { subnetId: "/subnet", dns };
}
