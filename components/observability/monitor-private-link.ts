import { PrivateLinkScope } from "@pulumi/azure-native/monitor/privateLinkScope";
import { PrivateLinkScopedResource } from "@pulumi/azure-native/monitor/privateLinkScopedResource";
import * as pulumi from "@pulumi/pulumi";
import { PrivateLink, type PrivateLinkPlace } from "../network/private-link";
import { resourceName } from "../names";
import { childOptions, shown } from "../options";
import type { Placement } from "../placement";
import { refuse } from "../refuse";

/** Whose private link scope the platform's monitoring hangs on. */
export type MonitorScope =
    /** One of our own: for a network whose private DNS zones nobody shares. */
    | { kind: "own" }
    /** The hub's, which has its endpoint and records: full id of the scope. */
    | { kind: "hub"; scopeId: string };

/** Something that is reached through the scope only: a workspace or a data collection endpoint. */
export interface Scoped {
    /** Unique in the scope. */
    name: string;
    id: pulumi.Input<string>;
}

/** Arguments of {@link MonitorPrivateLink}. */
export interface MonitorPrivateLinkArgs extends Placement {
    scope: MonitorScope;
    privateLink: PrivateLinkPlace;
    scoped: readonly Scoped[];
}

/**
 * The one way to Azure Monitor from the network: a private link scope that lets in nothing but private links, and out of
 * the network to nobody else's workspaces. One per DNS namespace: the zones hold the names that all of Azure Monitor has
 * in common, so that a second scope turns the records of the first around. Hence with a hub's zones it is the hub's scope.
 *
 * Where the hub's scope is in our subscription, our resources are put into it; where it is in another, its team does that:
 * `left` says which.
 * @see https://learn.microsoft.com/azure/azure-monitor/fundamentals/private-link-design
 * @throws pulumi.ResourceError when the hub's scope is not named by a full id.
 */
export class MonitorPrivateLink extends pulumi.ComponentResource {
    /** Resolves once Azure Monitor's names resolve to the endpoint and everything is in the scope. */
    readonly ready: pulumi.Output<string>;
    /** What the hub's team has yet to put into its scope. */
    readonly left: pulumi.Output<string[]>;

    constructor(name: string, args: MonitorPrivateLinkArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:observability:MonitorPrivateLink", name, shown(args), opts);
        const { naming, location, resourceGroupName, tags, scope, privateLink } = args;
        if (scope.kind === "own") {
            const scopeName = resourceName("privateLinkScope", { ...naming, location });
            const made = new PrivateLinkScope(
                name,
                {
                    // In no region, as it serves all of them.
                    ...{ scopeName, resourceGroupName, location: "global", tags },
                    accessModeSettings: {
                        ...{ ingestionAccessMode: "PrivateOnly", queryAccessMode: "PrivateOnly" },
                        exclusions: [],
                    },
                },
                childOptions(this, "monitor:PrivateLinkScope"),
            );
            const link = new PrivateLink(
                `${name}-link`,
                {
                    ...{ naming, location, resourceGroupName, tags, privateLink },
                    ...{ target: "monitor", targetId: made.id, targetName: scopeName },
                },
                { parent: this },
            );
            const inside = this.put(name, args.scoped, { resourceGroupName, scopeName: made.name });
            this.ready = pulumi.all([link.ready, pulumi.all(inside)]).apply(([ready]) => ready);
            this.left = pulumi.output([]);
        } else {
            const hub = partsOf(scope.scopeId);
            refuse(this, scopeFaults("scope.scopeId", scope.scopeId));
            const ours = hub?.subscriptionId.toLowerCase() === naming.subscriptionId.toLowerCase();
            const inside = ours ? this.put(name, args.scoped, hub) : [];
            this.ready = pulumi.all(inside).apply(() => scope.scopeId);
            this.left = pulumi.all(ours ? [] : args.scoped.map(({ id }) => id));
        }
        this.registerOutputs({ ready: this.ready, left: this.left });
    }

    /** One after the other, as all are writes on one scope. */
    private put(
        name: string,
        scoped: readonly Scoped[],
        { resourceGroupName, scopeName }: { resourceGroupName: pulumi.Input<string>; scopeName: pulumi.Input<string> },
    ): pulumi.Output<string>[] {
        let before: pulumi.Resource[] = [];
        return scoped.map((one) => {
            const made = new PrivateLinkScopedResource(
                `${name}-${one.name}`,
                { resourceGroupName, scopeName, name: one.name, linkedResourceId: one.id },
                childOptions(this, "monitor:PrivateLinkScopedResource", {
                    ...{ dependsOn: before, replaceOnChanges: ["linkedResourceId"], deleteBeforeReplace: true },
                }),
            );
            before = [made];
            return made.id;
        });
    }
}

interface ScopeParts {
    subscriptionId: string;
    resourceGroupName: string;
    scopeName: string;
}

function partsOf(id: string): ScopeParts | undefined {
    const pattern =
        /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.Insights\/privateLinkScopes\/([^/]+)$/i;
    const [, subscriptionId, resourceGroupName, scopeName] = pattern.exec(id) ?? [];
    if (subscriptionId === undefined || resourceGroupName === undefined || scopeName === undefined) return undefined;
    return { subscriptionId, resourceGroupName, scopeName };
}

/** What is wrong with the id of a hub's scope; empty when nothing is. */
export function scopeFaults(field: string, scopeId: string): string[] {
    if (partsOf(scopeId)) return [];
    return [`${field} must be the full id of an Azure Monitor private link scope, got "${scopeId}"`];
}
