import { PrivateZone } from "@pulumi/azure-native/privatedns/privateZone";
import { VirtualNetworkLink } from "@pulumi/azure-native/privatedns/virtualNetworkLink";
import * as pulumi from "@pulumi/pulumi";
import { childOptions, shown } from "../options";
import type { Placement } from "../placement";
import { refuse } from "../refuse";
import { zoneNames, type ZoneUse } from "./private-link-targets";

/** Who keeps the private DNS zones. */
export type ZoneChoice =
    /** We do: made here and linked to the network. */
    | { kind: "own" }
    /** The corporate hub does, mostly in another subscription and already linked: full ids by zone name. */
    | { kind: "hub"; zoneIds: Readonly<Record<string, string>> }
    /** Azure Policy writes the records of every new endpoint: we make no zone and no zone group, or the two would fight. */
    | { kind: "policy" };

/** Arguments of {@link PrivateDns}. */
export interface PrivateDnsArgs extends Placement {
    virtualNetworkId: pulumi.Input<string>;
    /** What is to be resolved. A use added later adds its zones and leaves the others alone. */
    uses: readonly ZoneUse[];
    zones: ZoneChoice;
}

/**
 * Private DNS zones for everything the platform reaches privately: own ones, a hub's, or none.
 * @throws pulumi.ResourceError naming every hub zone that is missing or whose id is not one.
 */
export class PrivateDns extends pulumi.ComponentResource {
    private readonly ids = new Map<string, pulumi.Output<string>>();
    private readonly location: string;
    private readonly kind: ZoneChoice["kind"];

    constructor(name: string, args: PrivateDnsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:network:PrivateDns", name, shown(args), opts);
        this.location = args.location;
        this.kind = args.zones.kind;
        const names = [...new Set(args.uses.flatMap((use) => zoneNames(use, args.location)))];

        if (args.zones.kind === "own") for (const zone of names) this.ids.set(zone, this.ownZone(name, zone, args));
        if (args.zones.kind === "hub") {
            const { zoneIds } = args.zones;
            refuse(this, hubZoneFaults("zones.zoneIds", names, zoneIds));
            for (const zone of names) this.ids.set(zone, pulumi.output(zoneIds[zone] ?? ""));
        }
        this.registerOutputs({ zoneIds: Object.fromEntries(this.ids) });
    }

    /**
     * Ids of the zones for that use; undefined when policy keeps them. Resolve once the zone is linked to the network,
     * so what waits for them can be resolved from inside.
     * @throws Error when the use was not among `uses`.
     */
    zoneIds(use: ZoneUse): pulumi.Output<string>[] | undefined {
        if (this.kind === "policy") return undefined;
        return zoneNames(use, this.location).map((zone) => {
            const id = this.ids.get(zone);
            if (id === undefined)
                throw new Error(`uses must hold "${use}": its zone ${zone} is asked for and was not made`);
            return id;
        });
    }

    private ownZone(name: string, zone: string, args: PrivateDnsArgs): pulumi.Output<string> {
        const { resourceGroupName, virtualNetworkId, tags } = args;
        // Zones and their links are global resources: no other location is taken.
        const common = { resourceGroupName, privateZoneName: zone, location: "global", tags };
        const made = new PrivateZone(`${name}-${zone}`, common, childOptions(this, "privatedns:PrivateZone"));
        const link = new VirtualNetworkLink(
            `${name}-${zone}`,
            {
                ...{ ...common, privateZoneName: made.name },
                virtualNetworkLinkName: "platform",
                virtualNetwork: { id: virtualNetworkId },
                registrationEnabled: false,
            },
            // A link stays with its network for life.
            childOptions(this, "privatedns:VirtualNetworkLink", {
                replaceOnChanges: ["virtualNetwork.id"],
                deleteBeforeReplace: true,
            }),
        );
        return pulumi.all([made.id, link.id]).apply(([id]) => id);
    }
}

/** What is wrong with a hub's zone ids for these zones; empty when nothing is. */
export function hubZoneFaults(
    field: string,
    names: readonly string[],
    zoneIds: Readonly<Record<string, string>>,
): string[] {
    return names.flatMap((zone) => {
        const id = zoneIds[zone];
        if (id === undefined) return [`${field} must hold the id of ${zone}`];
        const ending = `/providers/microsoft.network/privatednszones/${zone}`;
        const whole = /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\//i.test(id);
        if (whole && id.toLowerCase().endsWith(ending)) return [];
        return [`${field}["${zone}"] must be the full id of the private DNS zone ${zone}, got "${id}"`];
    });
}
