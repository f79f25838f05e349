import { FederatedIdentityCredential } from "@pulumi/azure-native/managedidentity/federatedIdentityCredential";
import * as pulumi from "@pulumi/pulumi";
import { managedIdentity, type ManagedIdentity } from "../encryption/managed-identity";
import { childOptions, shown } from "../options";
import type { Placement } from "../placement";
import { refuse } from "../refuse";
import { federationFaults, type Federation } from "./federation";

/** Arguments of {@link CiIdentity}. */
export interface CiIdentityArgs extends Placement {
    /** What it does, part of its name: `ci-preview`, `ci-deploy`. */
    instance: string;
    federations: readonly Federation[];
}

/**
 * Identity of pipelines. It has no secret that could leak or expire: a job shows the token that GitHub or Azure DevOps has
 * given it, and Entra hands out a token of the identity to those that a credential names.
 * @see https://learn.microsoft.com/entra/workload-id/workload-identity-federation
 * @throws pulumi.ResourceError naming every credential that breaks a rule.
 */
export class CiIdentity extends pulumi.ComponentResource {
    readonly identity: ManagedIdentity;

    constructor(name: string, args: CiIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:ci:CiIdentity", name, shown(args), opts);
        refuse(this, federationFaults("federations", args.federations));
        this.identity = managedIdentity(name, args.instance, args, this);
        let before: pulumi.Resource | undefined;
        for (const { name: credential, issuer, subject } of args.federations)
            before = new FederatedIdentityCredential(
                `${name}-${credential}`,
                {
                    resourceGroupName: args.resourceGroupName,
                    // The identity's own name, by its id: it must be there first.
                    resourceName: this.identity.id.apply((id) => id.slice(id.lastIndexOf("/") + 1)),
                    federatedIdentityCredentialResourceName: credential,
                    ...{ issuer, subject, audiences: ["api://AzureADTokenExchange"] },
                },
                // Azure takes one write of an identity's credentials at a time.
                childOptions(this, "managedidentity:FederatedIdentityCredential", {
                    ...(before && { dependsOn: [before] }),
                }),
            );
        this.registerOutputs({ clientId: this.identity.clientId });
    }
}
