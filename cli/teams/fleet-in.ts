import { readFleet, type Fleet } from "../../stacks/team/fleet";
import type { Places } from "../places";
import { UserError } from "../user-error";

/**
 * All orders of the clone.
 * @throws UserError naming every fault of every file.
 */
export function fleetIn({ root }: Pick<Places, "root">): Fleet {
    try {
        return readFleet(root);
    } catch (fault) {
        throw new UserError(fault instanceof Error ? fault.message : String(fault));
    }
}
