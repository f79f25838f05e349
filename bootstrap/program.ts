import { dropApiVersionAliases } from "../stacks/api-version-aliases";
import type { Pace } from "../stacks/program";
import { bootstrap } from "./bootstrap";
import { loadBootstrapSettings } from "./settings";

/** Builds what a subscription needs before its first environment. */
export const program = programAt((seconds) => seconds);

/** The same where time goes by another clock than Azure's. */
export function programAt(pace: Pace): () => Record<string, unknown> {
    return () => {
        const settings = loadBootstrapSettings();
        dropApiVersionAliases();
        return bootstrap({ ...settings, rolePropagationSeconds: pace(settings.rolePropagationSeconds) });
    };
}
