import { FederatedIdentityCredential } from "@pulumi/azure-native/managedidentity/federatedIdentityCredential";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import * as pulumi from "@pulumi/pulumi";
import { managedIdentity, type ManagedIdentity } from "../encryption/managed-identity";
import { childOptions, shown } from "../options";
import type { Placement } from "../placement";

/** Label of pods that get a token for Azure. @see https://azure.github.io/azure-workload-identity/docs/topics/service-account-labels-and-annotations.html */
export const workloadIdentityLabel = { "azure.workload.identity/use": "true" } as const;

/** A service account that may sign in as an identity. */
export interface FederatedAccount {
    namespace: string;
    /** Name of the service account. */
    account: string;
    /** Does something else make the account, as charts do? @default false */
    madeElsewhere?: boolean;
}

/** Arguments of {@link WorkloadIdentity}. */
export interface WorkloadIdentityArgs extends Placement {
    /** What it does, part of its name in Azure. */
    instance: string;
    /** What the cluster signs its tokens as. */
    oidcIssuerUrl: pulumi.Input<string>;
    accounts: readonly FederatedAccount[];
    /** The cluster's provider. */
    cluster: pulumi.ProviderResource;
    /** Resources that the accounts wait for: their namespaces. */
    after?: readonly pulumi.Resource[];
}

/**
 * An identity of Azure for pods: no secret anywhere, only the cluster's word that a pod runs as that service account.
 * @see https://learn.microsoft.com/azure/aks/workload-identity-overview
 */
export class WorkloadIdentity extends pulumi.ComponentResource {
    readonly identity: ManagedIdentity;
    /** Annotation that the service account carries, made here or elsewhere. */
    readonly annotations: pulumi.Output<Record<string, string>>;
    /** Resolves once pods can sign in: they need account and credential. */
    readonly ready: pulumi.Output<string>;

    constructor(name: string, args: WorkloadIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
        super(
            "mlplatform:workloads:WorkloadIdentity",
            name,
            shown({ ...args, cluster: undefined, after: undefined }),
            opts,
        );
        const { instance, oidcIssuerUrl, accounts, cluster, after = [] } = args;
        this.identity = managedIdentity(name, instance, args, this);
        this.annotations = this.identity.clientId.apply((id): Record<string, string> => ({
            "azure.workload.identity/client-id": id,
        }));
        let before: pulumi.Resource | undefined;
        for (const { namespace, account, madeElsewhere } of accounts) {
            before = new FederatedIdentityCredential(
                `${name}-${account}`,
                {
                    resourceGroupName: args.resourceGroupName,
                    resourceName: this.identity.id.apply((id) => id.slice(id.lastIndexOf("/") + 1)),
                    federatedIdentityCredentialResourceName: `${namespace}-${account}`,
                    issuer: oidcIssuerUrl,
                    subject: `system:serviceaccount:${namespace}:${account}`,
                    audiences: ["api://AzureADTokenExchange"],
                },
                // Azure takes one write of an identity's credentials at a time.
                childOptions(this, "managedidentity:FederatedIdentityCredential", {
                    ...(before && { dependsOn: [before] }),
                }),
            );
            if (madeElsewhere !== true)
                new ServiceAccount(
                    `${name}-${account}-account`,
                    {
                        metadata: { name: account, namespace, annotations: this.annotations },
                        // Pods that need a token of the cluster's ask for it themselves.
                        automountServiceAccountToken: false,
                    },
                    { parent: this, provider: cluster, dependsOn: [...after] },
                );
        }
        const last = before;
        this.ready = pulumi.all([this.identity.clientId, last?.urn]).apply(([id]) => id);
        this.registerOutputs({ clientId: this.identity.clientId });
    }
}
