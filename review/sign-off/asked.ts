import type { SignOff } from "./quorum";
import type { Risk, Role } from "./rules";

/** Who must sign a change, and who has. */
export interface Asked {
    required: readonly Role[];
    /** The rules that ask for it. */
    risks: readonly Risk[];
    /** Left out where there is no bundle of just this change yet. */
    bundle?: { digest: string; folder: string; notAfter: string; signOff: SignOff };
}
