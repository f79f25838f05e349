import { overlap, parseCidr } from "../../components/network/cidr";
import { onPremisesBlocks } from "../../components/network/hybrid";
import { environmentsMet } from "../address-blocks";
import type { Settings } from "../settings";

/** A block of addresses that is somebody else's, and that packets from our network reach. */
export interface JoinedBlock {
    /** Whose it is, by the setting that says so. */
    field: string;
    block: string;
}

/** Every block that our network is joined with. */
export function joinedBlocks({ hub, hybrid }: Pick<Settings, "hub" | "hybrid">): JoinedBlock[] {
    const named = (field: string, blocks: readonly string[] = []): JoinedBlock[] =>
        blocks.map((block) => ({ field, block }));
    return [
        ...named("mlplatform:hub.addressSpaces", hub?.addressSpaces),
        ...named("mlplatform:hub.onPremises", hub?.onPremises),
        ...named("mlplatform:hybrid's", onPremisesBlocks(hybrid)),
    ];
}

/**
 * Addresses that would be in two places at once. Pods and services may be the same in clusters that are not joined; here
 * their packets would not leave the node for who is really meant.
 * @see https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay
 */
export function overlaps(settings: Settings): string[] {
    const { addressSpace, addresses, environment } = settings;
    const own = [
        ["mlplatform:addressSpace", addressSpace],
        ["mlplatform:podCidr", addresses.podCidr],
        ["mlplatform:serviceCidr", addresses.serviceCidr],
    ] as const;
    return own.flatMap(([field, block]) => {
        return [
            ...joinedBlocks(settings)
                .filter((joined) => meet(block, joined.block))
                .map((joined) => `${field} must not overlap ${joined.field} ${joined.block}, got "${block}"`),
            ...environmentsMet(block, environment).map(
                ([name, theirs]) =>
                    `${field} must not overlap ${theirs}, which ${name} has (stacks/address-blocks.ts), got "${block}"`,
            ),
        ];
    });
}

export function meet(one: string, other: string): boolean {
    const [a, b] = [parseCidr(one), parseCidr(other)];
    return a !== undefined && b !== undefined && overlap(a, b);
}
