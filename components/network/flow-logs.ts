import { FlowLog } from "@pulumi/azure-native/network/flowLog";
import * as pulumi from "@pulumi/pulumi";
import { managedIdentity } from "../encryption/managed-identity";
import { Access } from "../governance/access";
import { resourceName } from "../names";
import { childOptions, shown } from "../options";
import type { Placement } from "../placement";
import { refuse } from "../refuse";
import { wholeNumberFault } from "../units";

/** Arguments of {@link FlowLogs}. */
export interface FlowLogsArgs extends Placement {
    virtualNetworkId: pulumi.Input<string>;
    /** Account in the network's region that trusts Azure's services: the watcher comes in as one of them. */
    accountId: pulumi.Input<string>;
    /** Days until a record is deleted, 1 to 365. */
    retentionDays: number;
    /** Log Analytics workspace, for questions to the traffic. */
    logWorkspaceId: pulumi.Input<string>;
    rolePropagationSeconds: number;
}

/** Minutes between two analyses, the longer of the two that Azure offers: who is asked about traffic looks back, not on. */
const analysisMinutes = 60;

/**
 * Records of every flow of the network, allowed or denied. Of the network, not of its security groups: Azure takes no new
 * flow logs of those since July 2025.
 *
 * They hang on the region's network watcher, which Azure makes by itself with the first network of a subscription in a
 * region, and of which there can be one.
 * @see https://learn.microsoft.com/azure/network-watcher/vnet-flow-logs-overview
 * @throws pulumi.ResourceError when `retentionDays` is out of range.
 */
export class FlowLogs extends pulumi.ComponentResource {
    readonly flowLogId: pulumi.Output<string>;

    constructor(name: string, args: FlowLogsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:network:FlowLogs", name, shown(args), opts);
        const { naming, location, tags, accountId, rolePropagationSeconds } = args;
        refuse(this, [wholeNumberFault("retentionDays", args.retentionDays, 1, 365)]);
        // The account takes no keys, so the log writes as an identity.
        const identity = managedIdentity(`${name}-identity`, "flow-logs", args, this);
        const access = new Access(
            `${name}-write`,
            {
                ...{ row: "flow-logs-write", scope: accountId, principalId: identity.principalId },
                ...{ subscriptionId: naming.subscriptionId, propagationSeconds: rolePropagationSeconds },
            },
            { parent: this },
        );
        const allowed = pulumi.all([identity.id, access.ready]).apply(([id]) => id);
        const log = new FlowLog(
            name,
            {
                ...{ resourceGroupName: "NetworkWatcherRG", networkWatcherName: `NetworkWatcher_${location}` },
                flowLogName: resourceName("flowLog", { ...naming, location }),
                ...{ location, tags, enabled: true },
                targetResourceId: args.virtualNetworkId,
                storageId: accountId,
                format: { type: "JSON", version: 2 },
                retentionPolicy: { enabled: true, days: args.retentionDays },
                identity: { type: "UserAssigned", userAssignedIdentities: [allowed] },
                flowAnalyticsConfiguration: {
                    networkWatcherFlowAnalyticsConfiguration: {
                        ...{ enabled: true, trafficAnalyticsInterval: analysisMinutes },
                        ...{ workspaceResourceId: args.logWorkspaceId, workspaceRegion: location },
                    },
                },
            },
            // A log stays with its network, and a network has one.
            childOptions(this, "network:FlowLog", {
                replaceOnChanges: ["targetResourceId"],
                deleteBeforeReplace: true,
            }),
        );
        this.flowLogId = log.id;
        this.registerOutputs({ flowLogId: this.flowLogId });
    }
}
