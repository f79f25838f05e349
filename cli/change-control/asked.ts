import type { Reviewed } from "../../review/reviewed";
import { digestOf } from "../../review/bundle/canonical";
import { effectsOf } from "../../review/bundle/effects";
import type { Asked } from "../../review/sign-off/asked";
import { signOffOf } from "../../review/sign-off/quorum";
import { requiredBy, risksOf } from "../../review/sign-off/rules";
import { candidates } from "./bundle";
import { ChangeFiles } from "./change-files";
import { lawFor } from "./repository";

/**
 * Who must sign a change, and who has; undefined where nobody must, as nothing changes or the stack is not protected.
 * @throws UserError when the protected branch or what was signed cannot be read
 */
export async function askedOf(root: string, stack: string, { preview, cost }: Reviewed): Promise<Asked | undefined> {
    const effects = effectsOf(preview);
    const law = effects.length === 0 ? undefined : lawFor(root, stack);
    if (law === undefined) return undefined;
    const { rules, people, allowedSigners } = law;
    const risks = risksOf(rules, stack, effects, cost.change.expected);
    const digest = digestOf(effects);
    const stored = candidates(new ChangeFiles(root, stack)).find(
        ({ bundle }) => bundle.subject[0].digest.sha256 === digest,
    );
    const asked = { required: requiredBy(risks), risks };
    if (stored === undefined) return asked;
    const judges = { people, allowedSigners, at: new Date() };
    const signOff = await signOffOf(stored.bundle, stored.digest, stored.signatures, judges);
    const { notAfter } = stored.bundle.predicate;
    return { ...asked, bundle: { digest: stored.digest, folder: stored.folder, notAfter, signOff } };
}
