import { Hybrid, hybridSubnets, onPremisesBlocks } from "../../components/network/hybrid";
import type { Network, OnPremises } from "../../components/network/network";
import type { Placement } from "../../components/placement";
import type { Settings } from "../settings";

/** What the network has to know of networks on premises. */
export function onPremisesOf({ hybrid, hub, egress }: Settings): OnPremises {
    // Past a firewall of our own nothing leads to what lies behind a hub.
    const behindHub = egress.kind === "firewall" ? [] : (hub?.onPremises ?? []);
    const { services } = hybrid ?? {};
    return {
        blocks: [...onPremisesBlocks(hybrid), ...behindHub],
        subnets: hybrid ? hybridSubnets(hybrid) : [],
        ...(services && { services }),
    };
}

/** The ways to networks on premises; undefined where there are none. */
export function hybridWays(
    { hybrid, hybridSecrets, zones }: Settings,
    at: Placement,
    { addressPlan, virtualNetworkId, hybridSubnetIds }: Network,
): Hybrid | undefined {
    if (hybrid === undefined) return undefined;
    return new Hybrid("hybrid", {
        ...{ ...at, choice: hybrid, zones, plan: addressPlan, secrets: hybridSecrets },
        ...{ virtualNetworkId, subnetIds: hybridSubnetIds },
    });
}
