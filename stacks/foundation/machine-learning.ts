import type * as pulumi from "@pulumi/pulumi";
import type { CustomerManagedKey } from "../../components/encryption/customer-managed-key";
import type { OwnKey } from "../../components/encryption/key";
import { Vault } from "../../components/encryption/vault";
import { Workspace } from "../../components/machine-learning/workspace";
import type { PrivateLinkPlace } from "../../components/network/private-link";
import type { Placement } from "../../components/placement";
import { shortName } from "../../components/names";
import { Storage } from "../../components/storage/storage";
import type { WorkspaceContract } from "../contract";
import type { Settings } from "../settings";
import type { Pending } from "../stack-contract";

/** A workspace with the account and the vault that it insists on. */
export interface MachineLearning {
    workspace: Workspace;
    storage: Storage;
    vault: Vault;
}

/** All that an environment has. */
export interface Workspaces {
    shared: MachineLearning;
    /** By team. */
    teams: Readonly<Record<string, MachineLearning>>;
    all: readonly MachineLearning[];
}

interface Keys {
    storage: CustomerManagedKey;
    /** A key for each workspace, with an identity of its own. */
    workspace: (team?: string) => OwnKey;
}

/** Makes the workspace that an environment shares, and those of single teams. */
export function machineLearning(
    settings: Settings,
    at: Placement & { privateLink: PrivateLinkPlace },
    keys: Keys,
    options: pulumi.ComponentResourceOptions,
): Workspaces {
    const shared = workspace(settings, at, keys, options);
    const teams = Object.fromEntries(
        settings.teamWorkspaces.map((team) => [
            team,
            workspace(settings, { ...at, tags: { ...at.tags, team } }, keys, options, team),
        ]),
    );
    return { shared, teams, all: [shared, ...Object.values(teams)] };
}

/**
 * Azure ML manages whatever account and vault it is given, and never parts with them: so each workspace gets its own, and the
 * platform's data and keys stay out of its reach. The three are one generation.
 */
function workspace(
    { tier, tenantId, generations, rolePropagationSeconds, cosmosDbObjectId }: Settings,
    at: Placement & { privateLink: PrivateLinkPlace },
    keys: Keys,
    options: pulumi.ComponentResourceOptions,
    team?: string,
): MachineLearning {
    const generation = generations.workspace;
    const name = team === undefined ? "workspace" : `${team}-workspace`;
    const short = team === undefined ? undefined : shortName(team);
    const vault = new Vault(
        `${name}-vault`,
        {
            ...{ ...at, tenantId, holds: "secretsOfWorkspace", sku: "standard", generation },
            ...(short !== undefined && { instance: short }),
            softDeleteRetentionDays: tier.vaultRetentionDays,
        },
        options,
    );
    const storage = new Storage(
        `${name}-storage`,
        {
            ...{ ...at, instance: short === undefined ? "mlw" : `w${short}`, key: keys.storage, generation },
            // It makes its containers itself.
            ...{ services: ["blob", "file"], containers: [], trustsAzureServices: true },
            ...{ redundancy: tier.storageRedundancy, softDeleteDays: tier.storageSoftDeleteDays },
        },
        options,
    );
    const made = new Workspace(
        name,
        {
            ...{
                ...at,
                key: keys.workspace(team),
                storage,
                vault,
                cosmosDbObjectId,
                rolePropagationSeconds,
                generation,
            },
            ...(team !== undefined && { team }),
        },
        options,
    );
    return { workspace: made, storage, vault };
}

/** What stacks above are told of a workspace. */
export const workspaceOutputs = ({ workspace: made, storage }: MachineLearning): Pending<WorkspaceContract> => ({
    ...{ workspaceId: made.workspaceId, workspaceName: made.workspaceName, trackingUri: made.trackingUri },
    ...{ storageAccountId: storage.accountId, storageAccountName: storage.accountName },
});
