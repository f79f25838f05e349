import { Key as AzureKey } from "@pulumi/azure-native/keyvault/key";
import { ResourceGroup } from "@pulumi/azure-native/resources/resourceGroup";
import * as pulumi from "@pulumi/pulumi";
import { CiIdentity } from "../components/ci/ci-identity";
import { Key } from "../components/encryption/key";
import { Vault } from "../components/encryption/vault";
import { Access } from "../components/governance/access";
import { Lock } from "../components/governance/lock";
import { resourceName } from "../components/names";
import { renamedOptions } from "../components/options";
import type { Placement } from "../components/placement";
import { refuseChanges } from "../components/refuse";
import { Storage } from "../components/storage/storage";
import { platformTags } from "../components/tags";
import { accessRows, type AccessRow, type AccessRowName } from "../facts/access-table";
import { regions } from "../facts/regions";
import { ciUses, type BootstrapSettings } from "./settings";

type Outputs = Record<string, pulumi.Output<unknown>>;

const lockNotes = "Holds the state of every environment. Goes once mlplatform-bootstrap:teardown is on.";

/**
 * What one subscription needs before its first environment: a closed account for state, the key that encrypts the secrets
 * in it, an identity for previews and one for deployments. An owner of the subscription runs it once, and again when the
 * access table or who may deploy changes.
 */
export function bootstrap(settings: BootstrapSettings): Outputs {
    const { naming, location, teardown, environments, operatorAddresses, generation, rolePropagationSeconds } =
        settings;
    const kept: pulumi.ResourceOptions = { protect: !teardown };
    const tags = platformTags(naming.workload, naming.environment, settings.tags);
    const group = new ResourceGroup(
        "group",
        { resourceGroupName: resourceName("resourceGroup", { ...naming, location }), location, tags },
        kept,
    );
    const at: Placement = { naming, location, tags, resourceGroupName: group.name };

    const vault = new Vault(
        "vault",
        {
            ...{ ...at, tenantId: settings.tenantId, sku: "premium", softDeleteRetentionDays: 90, generation },
            openTo: operatorAddresses,
        },
        kept,
    );
    const { key } = new Key(
        "state-key",
        {
            ...{ ...at, vault, use: "state", type: "RSA-HSM", sizeBits: 3072, rolePropagationSeconds },
            ...{ rotationDays: 180, expiryDays: 730 },
        },
        kept,
    );
    const state = new Storage(
        "state",
        {
            ...{ ...at, key, instance: "state", generation, openTo: operatorAddresses },
            services: ["blob"],
            containers: [...environments, "bootstrap"].map((name) => ({ name })),
            redundancy: regions[location]?.zones === true ? "ZRS" : "LRS",
            // A state that an interrupted or mistaken run has damaged is had back from an earlier version.
            ...{ softDeleteDays: 30, versioning: true, versionDays: 90 },
        },
        kept,
    );
    const secrets = secretsKey(at, vault, kept);

    const subscription = `/subscriptions/${naming.subscriptionId}`;
    const made: pulumi.Resource[] = [vault, state, secrets];
    const give = (row: AccessRowName, name: string, scope: pulumi.Input<string>, principalId: pulumi.Input<string>) => {
        const { subscriptionId } = naming;
        // Nothing here waits for it.
        made.push(new Access(name, { row, scope, principalId, subscriptionId, propagationSeconds: 0 }));
    };
    /** All that the table has for a principal; states by the containers that it works with. */
    const giveAll = (
        principal: AccessRow["principal"],
        principalId: pulumi.Input<string>,
        states: readonly string[] = environments,
    ): void => {
        for (const [name, row] of Object.entries<AccessRow>(accessRows) as [AccessRowName, AccessRow][]) {
            if (row.by !== "bootstrap" || row.principal !== principal) continue;
            if (row.on === "subscription") give(name, name, subscription, principalId);
            if (row.on === "stateKey") give(name, name, secrets.id, principalId);
            if (row.on === "stateContainer")
                for (const environment of states)
                    give(name, `${name}-${environment}`, state.containerIds[environment] ?? "", principalId);
        }
    };
    giveAll("operations", settings.operationsGroupId, [...environments, "bootstrap"]);
    const ci = Object.fromEntries(
        ciUses.map((use) => {
            const federations = settings.federations[use];
            const one = new CiIdentity(`ci-${use}`, { ...at, instance: `ci-${use}`, federations });
            made.push(one);
            giveAll(use === "preview" ? "ciPreview" : "ciDeploy", one.identity.principalId);
            return [use, one.identity.clientId];
        }),
    );
    // The last to come and the first to go: nothing in the group is deleted while it is there.
    new Lock("lock", { scope: group.id, notes: lockNotes }, { ...kept, dependsOn: made });

    return {
        // What `pulumi login` takes, by environment.
        backends: pulumi.output(
            Object.fromEntries(
                [...environments, "bootstrap"].map((name) => [
                    name,
                    `azblob://${name}?storage_account=${state.accountName}`,
                ]),
            ),
        ),
        // With its version: what was encrypted by one version is not decrypted by another.
        secretsProvider: secrets.keyUriWithVersion.apply((uri) => uri.replace(/^https:/, "azurekeyvault:")),
        state: pulumi.output({ accountId: state.accountId, vaultId: vault.vaultId }),
        ci: pulumi.output({
            ...{ previewClientId: ci.preview, deployClientId: ci.deploy },
            ...{ tenantId: settings.tenantId, subscriptionId: naming.subscriptionId },
        }),
    };
}

/**
 * The key that Pulumi encrypts the secrets of a state with. It does not rotate by itself: Pulumi decrypts with the version
 * that the stack's file names, so a new version goes with `pulumi stack change-secrets-provider`.
 */
function secretsKey(at: Placement, vault: Vault, options: pulumi.ResourceOptions): AzureKey {
    const { naming, location, resourceGroupName, tags } = at;
    const frozen = ["properties.kty", "properties.keySize", "properties.keyOps"].map((path) => ({
        path,
        instead: "Resource Manager never changes a key; every state would have to move to another one first",
    }));
    return new AzureKey(
        "secrets-key",
        {
            ...{ keyName: resourceName("key", { ...naming, location, instance: "secrets" }), resourceGroupName, tags },
            vaultName: vault.vaultName,
            properties: {
                kty: "RSA-HSM",
                keySize: 3072,
                keyOps: ["encrypt", "decrypt"],
                attributes: { enabled: true },
            },
        },
        {
            ...renamedOptions(vault, "keyvault:Key", refuseChanges("secrets-key", frozen)),
            ...{ ...options, ignoreChanges: ["tags"], dependsOn: [vault.resource] },
        },
    );
}
