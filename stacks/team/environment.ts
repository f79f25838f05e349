import * as pulumi from "@pulumi/pulumi";
import { Access } from "../../components/governance/access";
import { Budget } from "../../components/governance/budget";
import type { Naming } from "../../components/names";
import { TeamData } from "../../components/storage/team-data";
import { platformTags } from "../../components/tags";
import { gatewayNamespace } from "../../components/workloads/gateway";
import { scorerPorts } from "../../components/workloads/model-endpoint";
import { teamNamespace } from "../../components/workloads/team-namespace";
import { Tenancy } from "../../components/workloads/tenancy";
import { teamQueueName } from "../../components/workloads/training-queue";
import { WorkloadIdentity } from "../../components/workloads/workload-identity";
import type { FoundationContract, WorkspaceContract } from "../contract";
import type { ImagesBelow } from "../image-in";
import type { ServicesContract } from "../services-contract";
import type { TeamSettings } from "../settings/team";
import { scoring, type ScoringPlace } from "./endpoints";
import { containerName, type TeamOrder } from "./order";

/** Service account of a team's pods. */
const serviceAccountName = "team";
/** Whatever answers behind the gateway, and where. */
const served = {
    ...{
        pods: { "app.kubernetes.io/component": "endpoint" },
        port: scorerPorts.http,
        metricsPort: scorerPorts.metrics,
    },
};

/** What an environment stands on. */
export interface TeamBase {
    foundation: FoundationContract;
    /** @default - nothing is shared */
    services?: ServicesContract;
    /** @default - no image of ours is named */
    images?: ImagesBelow;
    cluster: pulumi.ProviderResource;
    today: Date;
}

/** Where an order's endpoints and batches run, and with what: all of it known before anything is registered. */
export function scoringPlace(
    { team: name, quota, containers }: TeamOrder,
    { cluster, registry, storage, monitoring }: FoundationContract,
    { gateway }: ServicesContract,
    images: ImagesBelow | undefined,
): ScoringPlace {
    return {
        ...{ team: name, namespace: teamNamespace(name), serviceAccountName, gateway, quota, containers },
        ...{ loginServer: registry.loginServer, pools: cluster.nodePools, queue: teamQueueName },
        ...(images && { images }),
        recordsEndpoint: storage.records.endpoints.blob ?? "",
        workEndpoint: storage.work.endpoints.blob ?? "",
        metricsUrl: monitoring.metricsQueryUrl,
    };
}

/** Registers what an order asks for, once it has been found right. */
export function teamEnvironment(
    order: TeamOrder,
    settings: Pick<TeamSettings, "rolePropagationSeconds" | "tier" | "teardown">,
    { foundation: below, services, images, cluster: provider, today }: TeamBase,
): Record<string, pulumi.Output<unknown>> {
    const { team: name, groups, quota, frozen } = order;
    const { resourceGroups, cluster, location, subscriptionId } = below;
    const naming: Naming = { workload: below.workload, environment: below.environment, subscriptionId };
    const tags = {
        ...platformTags(below.workload, below.environment),
        ...{ team: name, owner: order.lead, "cost-centre": order.costCentre },
    };
    const tenancy = new Tenancy(
        name,
        {
            ...{ team: name, groups, quota, frozen, served, hasQueue: services !== undefined },
            gatewayNamespace: services?.gateway.namespace ?? gatewayNamespace,
            privateEndpoints: below.network.blocks.privateEndpoints,
        },
        { providers: [provider] },
    );
    const identity = new WorkloadIdentity(`${name}-pods`, {
        ...{ naming, location, tags, resourceGroupName: resourceGroups.platform, instance: `team-${name}` },
        ...{ oidcIssuerUrl: cluster.oidcIssuerUrl, cluster: provider, after: [tenancy.namespace] },
        accounts: [{ namespace: teamNamespace(name), account: serviceAccountName }],
    });
    const data = new TeamData(name, {
        ...{ resourceGroupName: resourceGroups.data, account: below.storage.work, subscriptionId },
        containers: order.containers.map((container) => containerName(name, container)),
        principals: { ...groups, pods: identity.identity.principalId },
        ...{ propagationSeconds: settings.rolePropagationSeconds },
        protect: settings.tier.protect && !settings.teardown,
    });
    const people = [
        ["team-members-cluster", groups.members],
        ["team-viewers-cluster", groups.viewers],
    ] as const;
    for (const [row, principalId] of people)
        if (principalId !== undefined)
            new Access(`${name}-${row.slice("team-".length)}`, {
                ...{ row, principalId, scope: cluster.id, subscriptionId },
                propagationSeconds: settings.rolePropagationSeconds,
            });
    new Access(`${name}-models`, {
        ...{ row: "team-pods-models", principalId: identity.identity.principalId, subscriptionId },
        scope: `${below.storage.records.id}/blobServices/default/containers/models`,
        propagationSeconds: settings.rolePropagationSeconds,
    });
    const tracking = workspaceOf(order, below);
    if (tracking !== undefined)
        trackingAccess(order, identity.identity.principalId, tracking, settings, subscriptionId);
    const scores = services
        ? scoring(order, scoringPlace(order, below, services, images), {
              providers: [provider],
              dependsOn: [tenancy, identity],
          })
        : undefined;
    budget(order, { naming, location, actions: below.monitoring.actionGroupIds.critical, today });
    return {
        team: pulumi.output(name),
        namespace: tenancy.ready,
        serviceAccount: identity.ready.apply(() => serviceAccountName),
        identityClientId: identity.identity.clientId,
        containers: data.containers,
        images: pulumi.output(`${below.registry.loginServer}/${order.imagePrefix}`),
        expires: pulumi.output(order.expires),
        ...(tracking && { trackingUri: pulumi.output(tracking.trackingUri) }),
        ...(scores && {
            endpoints: pulumi.output(scores.endpoints),
            predictions: pulumi.output(scores.predictions),
            coldStarts: pulumi.output(scores.coldStarts),
        }),
    };
}

/** The workspace that a team's runs are tracked in. */
function workspaceOf({ team: name, workspace }: TeamOrder, below: FoundationContract): WorkspaceContract | undefined {
    const { teams, ...shared } = below.machineLearning;
    return { shared, own: teams[name], none: undefined }[workspace];
}

/** Members and pods log runs and what these bring forth, which Azure ML lets each do as itself; viewers read. */
function trackingAccess(
    { team: name, groups }: TeamOrder,
    pods: pulumi.Input<string>,
    { workspaceId, storageAccountId }: WorkspaceContract,
    { rolePropagationSeconds: propagationSeconds }: Pick<TeamSettings, "rolePropagationSeconds">,
    subscriptionId: string,
): void {
    const grants = [
        ["team-members-workspace", groups.members, workspaceId],
        ["team-members-artifacts", groups.members, storageAccountId],
        ["team-viewers-workspace", groups.viewers, workspaceId],
        ["team-viewers-artifacts", groups.viewers, storageAccountId],
        ["team-pods-workspace", pods, workspaceId],
        ["team-pods-artifacts", pods, storageAccountId],
    ] as const;
    for (const [row, principalId, scope] of grants)
        if (principalId !== undefined)
            new Access(`${name}-${row.slice("team-".length)}`, {
                ...{ row, principalId, scope, subscriptionId, propagationSeconds },
            });
}

/** Counts what carries the team's tag. What a team takes of the machines that all share, no budget of Azure's can tell. */
function budget(
    { team: name, lead, budget: { amount, alertPercents, hardCapPercent } }: TeamOrder,
    at: { naming: Naming; location: string; actions: string; today: Date },
): void {
    const { naming, location, actions, today } = at;
    new Budget(`${name}-budget`, {
        ...{ naming, location, today, instance: `team-${name}`, amount, emails: [lead], alertPercents },
        counted: { tag: { name: "team", value: name } },
        hardCap: { percent: hardCapPercent, actionGroupIds: [actions] },
    });
}
