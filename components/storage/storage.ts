import { BlobContainer } from "@pulumi/azure-native/storage/blobContainer";
import { BlobServiceProperties } from "@pulumi/azure-native/storage/blobServiceProperties";
import { FileServiceProperties } from "@pulumi/azure-native/storage/fileServiceProperties";
import { ManagementPolicy } from "@pulumi/azure-native/storage/managementPolicy";
import { StorageAccount } from "@pulumi/azure-native/storage/storageAccount";
import * as pulumi from "@pulumi/pulumi";
import type { CustomerManagedKey } from "../encryption/customer-managed-key";
import { PrivateLink, type PrivateLinkPlace } from "../network/private-link";
import type { LogSource } from "../observability/log-source";
import { together } from "../hooks";
import { resourceName } from "../names";
import { childOptions, renamedOptions, shown } from "../options";
import type { Placement } from "../placement";
import { refuse, refuseChanges } from "../refuse";
import { heldName } from "../soft-delete";
import { accountSettings, frozen, frozenInContainer, guardPolicy } from "./account-settings";
import { featureFaults, type StorageFeatures, type StorageService } from "./features";
import { lifecycleRules } from "./lifecycle";

/** Arguments of {@link Storage}. */
export interface StorageArgs extends Placement, StorageFeatures {
    /** What the account is for, in a few letters; part of its name. */
    instance: string;
    key: CustomerManagedKey;
    /** Where its endpoints go. @default - none: each network makes an endpoint of its own to it */
    privateLink?: PrivateLinkPlace;
    /**
     * Public IPv4 addresses that may come in, for an account that is there before any network is. Empty it once there is one.
     * @default - none
     */
    openTo?: readonly string[];
    /** Part of the account's name; counts up for a new account. @default 1 */
    generation?: number;
}

/**
 * Storage account encrypted with our own key, with no account keys and no way in but private endpoints.
 * @throws pulumi.ResourceError naming every feature that is out of range or excludes another.
 */
export class Storage extends pulumi.ComponentResource {
    readonly accountId: pulumi.Output<string>;
    /** Known without Azure's answer. */
    readonly accountName: string;
    /** URL of each service, by service. Each resolves once the service can be reached from inside. */
    readonly endpoints: Readonly<Partial<Record<StorageService, pulumi.Output<string>>>>;
    /** Ids of the containers by name. */
    readonly containerIds: Readonly<Record<string, pulumi.Output<string>>>;
    /** What of it logs. */
    readonly logSources: readonly LogSource[];

    constructor(name: string, args: StorageArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:storage:Storage", name, shown(args), opts);
        refuse(this, featureFaults(args));
        const { naming, location, resourceGroupName, tags, instance } = args;
        const parts = { ...naming, location, instance, generation: args.generation ?? 1 };
        this.accountName = resourceName("storageAccount", parts);

        const account = new StorageAccount(
            name,
            {
                accountName: this.accountName,
                resourceGroupName,
                location,
                tags,
                ...accountSettings(args, args.key, args.openTo),
            },
            renamedOptions(this, "storage:StorageAccount", {
                ...together(refuseChanges(name, frozen), guardPolicy(name), heldName(name, "storageAccount", parts)),
            }),
        );
        const services = this.services(name, args, account);
        const links = this.links(name, args, account, services);

        this.accountId = account.id;
        // All four are there, used or not: what nobody should use is what to look at.
        this.logSources = (["blob", "file", "queue", "table"] as const).map((service) => ({
            kind: `Microsoft.Storage/storageAccounts/${service}Services` as const,
            ...{ name: `${name}-${service}`, id: pulumi.interpolate`${account.id}/${service}Services/default` },
        }));
        this.containerIds = this.containers(name, args, account, services);
        this.endpoints = Object.fromEntries(
            links.map(([service, link]) => [
                service,
                pulumi.all([account.primaryEndpoints, link.ready]).apply(([urls]) => urls[service]),
            ]),
        );
        this.registerOutputs({ accountId: this.accountId, endpoints: this.endpoints, containerIds: this.containerIds });
    }

    /** Settings of the blob and file services, one after the other: an account takes one such write at a time. */
    private services(name: string, args: StorageArgs, account: StorageAccount): pulumi.CustomResource[] {
        const { resourceGroupName, services, softDeleteDays, versioning = false, changeFeed = false } = args;
        const kept = { enabled: true, days: softDeleteDays };
        const made: pulumi.CustomResource[] = [];
        if (services.includes("blob")) {
            const common = { resourceGroupName, accountName: account.name };
            const blob = new BlobServiceProperties(
                name,
                {
                    ...{ ...common, blobServicesName: "default" },
                    deleteRetentionPolicy: { ...kept, allowPermanentDelete: false },
                    containerDeleteRetentionPolicy: kept,
                    isVersioningEnabled: versioning,
                    changeFeed: changeFeed ? { enabled: true, retentionInDays: 90 } : { enabled: false },
                },
                childOptions(this, "storage:BlobServiceProperties"),
            );
            made.push(blob);
            const rules = lifecycleRules(args);
            if (rules.length > 0)
                made.push(
                    new ManagementPolicy(
                        name,
                        { ...common, managementPolicyName: "default", policy: { rules } },
                        // Rules on versions are refused until versioning is on.
                        childOptions(this, "storage:ManagementPolicy", { dependsOn: [blob] }),
                    ),
                );
        }
        if (services.includes("file"))
            made.push(
                new FileServiceProperties(
                    name,
                    {
                        ...{ resourceGroupName, accountName: account.name, fileServicesName: "default" },
                        shareDeleteRetentionPolicy: kept,
                        // NTLMv2 is sign-in with the account's key, which is off: Kerberos alone is left.
                        protocolSettings: {
                            smb: {
                                versions: "SMB3.1.1",
                                authenticationMethods: "Kerberos",
                                channelEncryption: "AES-256-GCM",
                            },
                        },
                    },
                    childOptions(this, "storage:FileServiceProperties", { dependsOn: made.slice(-1) }),
                ),
            );
        return made;
    }

    private containers(
        name: string,
        { resourceGroupName, containers }: StorageArgs,
        account: StorageAccount,
        services: readonly pulumi.CustomResource[],
    ): Record<string, pulumi.Output<string>> {
        const made = containers.map(({ name: containerName }) => {
            const logicalName = `${name}-${containerName}`;
            const container = new BlobContainer(
                logicalName,
                { resourceGroupName, accountName: account.name, containerName, publicAccess: "None" },
                childOptions(this, "storage:BlobContainer", {
                    dependsOn: services.slice(0, 1),
                    ...refuseChanges(logicalName, frozenInContainer),
                }),
            );
            return [containerName, container.id] as const;
        });
        return Object.fromEntries(made);
    }

    /** One after the other: endpoints made at once for one account fail with `StorageAccountOperationInProgress`. */
    private links(
        name: string,
        args: StorageArgs,
        account: StorageAccount,
        services: readonly pulumi.CustomResource[],
    ): [StorageService, PrivateLink][] {
        const { naming, location, resourceGroupName, tags, privateLink } = args;
        if (privateLink === undefined) return [];
        let before: pulumi.Resource[] = [...services];
        return args.services.map((target) => {
            const link = new PrivateLink(
                `${name}-${target}`,
                {
                    ...{ naming, location, resourceGroupName, tags, privateLink },
                    ...{ target, targetId: account.id, targetName: this.accountName },
                },
                { parent: this, dependsOn: before },
            );
            before = [link];
            return [target, link];
        });
    }
}
