import { VirtualMachineScaleSet } from "@pulumi/azure-native/compute/virtualMachineScaleSet";
import * as pulumi from "@pulumi/pulumi";
import { nobodysKey } from "../../facts/runner-tools";
import { knownSize, osDisk } from "../cluster/pool-settings";
import { managedIdentity } from "../encryption/managed-identity";
import { Access } from "../governance/access";
import { resourceName } from "../names";
import { childOptions, shown } from "../options";
import type { Placement } from "../placement";
import { refuse } from "../refuse";
import { cloudInit } from "./cloud-init";
import { runnerFaults, type RunnerChoice } from "./runner-choice";

/** Arguments of {@link Runner}. */
export interface RunnerArgs extends Placement {
    choice: Exclude<RunnerChoice, { kind: "none" }>;
    zones: readonly string[];
    /** The subnet of agents. */
    subnetId: pulumi.Input<string>;
    /** Resolves once packets get out: a machine that cannot fetch its tools at its first start stays useless. */
    egressReady: pulumi.Input<string>;
    diskEncryptionSetId: pulumi.Input<string>;
    rolePropagationSeconds: number;
}

/**
 * CI machines inside the network, so that images, services and team stacks have a place to run from before the cluster
 * has agents. No public address, no way to sign in, disks encrypted with our key, nothing secret in what Azure keeps of
 * them. What a job may see or deploy is the right of the job's own federated identity; the machine has one for GitHub alone,
 * which may read the one secret that registers it.
 *
 * A scale set in uniform mode, the one form that both Azure Pipelines and a registration of our own can work with.
 * @see https://learn.microsoft.com/azure/devops/pipelines/agents/scale-set-agents
 * @throws pulumi.ResourceError naming every argument that breaks a rule.
 */
export class Runner extends pulumi.ComponentResource {
    readonly scaleSetId: pulumi.Output<string>;
    /** Known without Azure's answer. */
    readonly scaleSetName: string;

    constructor(name: string, args: RunnerArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:runner:Runner", name, shown(args), opts);
        const { naming, location, resourceGroupName, tags, choice, zones } = args;
        refuse(this, runnerFaults("choice", choice));
        this.scaleSetName = resourceName("scaleSet", { ...naming, location, instance: "runner" });
        const identity =
            choice.kind === "github" ? managedIdentity(`${name}-identity`, "runner", args, this) : undefined;
        const registration =
            choice.kind === "github" && identity
                ? new Access(
                      `${name}-registration`,
                      {
                          ...{ row: "runner-registration", scope: choice.github.keySecretId },
                          ...{ principalId: identity.principalId, subscriptionId: naming.subscriptionId },
                          propagationSeconds: args.rolePropagationSeconds,
                      },
                      { parent: this },
                  )
                : undefined;
        const ready = pulumi.all([args.egressReady, registration?.ready]);
        const subnetId = pulumi.all([args.subnetId, ready]).apply(([id]) => id);

        const size = knownSize(choice.vmSize);
        const { osDiskType, osDiskSizeGib } = osDisk(size);
        const set = new VirtualMachineScaleSet(
            name,
            {
                ...{ vmScaleSetName: this.scaleSetName, resourceGroupName, location, tags, zones: [...zones] },
                orchestrationMode: "Uniform",
                // What Azure Pipelines asks of a scale set; it counts the machines itself.
                ...{ overprovision: false, singlePlacementGroup: false, platformFaultDomainCount: 1 },
                upgradePolicy: { mode: "Manual" },
                sku: { name: size.name, tier: "Standard", capacity: choice.kind === "github" ? choice.machines : 0 },
                ...(identity && { identity: { type: "UserAssigned", userAssignedIdentities: [identity.id] } }),
                virtualMachineProfile: {
                    osProfile: {
                        computerNamePrefix: "runner",
                        adminUsername: "nobody-signs-in",
                        customData: pulumi
                            .output(identity?.clientId)
                            .apply((clientId) => Buffer.from(cloudInit(choice, clientId)).toString("base64")),
                        linuxConfiguration: {
                            disablePasswordAuthentication: true,
                            ssh: {
                                publicKeys: [
                                    {
                                        path: "/home/nobody-signs-in/.ssh/authorized_keys",
                                        keyData: nobodysKey.publicKey,
                                    },
                                ],
                            },
                        },
                    },
                    securityProfile: {
                        encryptionAtHost: true,
                        securityType: "TrustedLaunch",
                        uefiSettings: { secureBootEnabled: true, vTpmEnabled: true },
                    },
                    storageProfile: {
                        imageReference: {
                            ...{ publisher: "Canonical", offer: "ubuntu-24_04-lts", sku: "server" },
                            version: choice.imageVersion ?? "latest",
                        },
                        osDisk: {
                            createOption: "FromImage",
                            diskSizeGB: osDiskSizeGib,
                            caching: osDiskType === "Ephemeral" ? "ReadOnly" : "ReadWrite",
                            ...(osDiskType === "Ephemeral" && {
                                diffDiskSettings: { option: "Local", placement: "ResourceDisk" },
                            }),
                            managedDisk: {
                                ...(osDiskType === "Managed" && { storageAccountType: "Premium_LRS" }),
                                diskEncryptionSet: { id: args.diskEncryptionSetId },
                            },
                        },
                    },
                    networkProfile: {
                        networkInterfaceConfigurations: [
                            {
                                ...{ name: "runner", primary: true, enableAcceleratedNetworking: true },
                                ipConfigurations: [{ name: "runner", primary: true, subnet: { id: subnetId } }],
                            },
                        ],
                    },
                },
            },
            childOptions(this, "compute:VirtualMachineScaleSet", {
                // Azure Pipelines starts and stops machines behind the program's back.
                ...(choice.kind === "azureDevOps" && { ignoreChanges: ["sku.capacity"] }),
                // Machines hold nothing; a job that is cut off runs again. The name stays, as Azure Pipelines knows it.
                replaceOnChanges: [...replaced],
                deleteBeforeReplace: true,
            }),
        );
        this.scaleSetId = set.id;
        this.registerOutputs({ scaleSetId: this.scaleSetId });
    }
}

/** What a scale set keeps for life, or gives only to machines made later. */
const replaced = [
    ...["zones", "orchestrationMode", "platformFaultDomainCount", "virtualMachineProfile.osProfile.adminUsername"],
    ...["virtualMachineProfile.osProfile.customData", "virtualMachineProfile.storageProfile"],
    ...["virtualMachineProfile.securityProfile", "virtualMachineProfile.networkProfile"],
] as const;
