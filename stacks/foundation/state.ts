import { PrivateLink, type PrivateLinkPlace } from "../../components/network/private-link";
import type { Placement } from "../../components/placement";
import type { Settings } from "../settings";

const nameOf = (id: string): string => id.slice(id.lastIndexOf("/") + 1);

/**
 * Endpoints to the state account and the vault of its key, which the bootstrap made before there was a network: CI machines
 * and people in the network come in here, and the bootstrap closes what it had open for the first of them.
 */
export function stateLinks({ state }: Settings, at: Placement & { privateLink: PrivateLinkPlace }): void {
    if (state === undefined) return;
    const { accountId, vaultId } = state;
    new PrivateLink("state-account", { ...at, target: "blob", targetId: accountId, targetName: nameOf(accountId) });
    new PrivateLink("state-vault", { ...at, target: "vault", targetId: vaultId, targetName: nameOf(vaultId) });
}
