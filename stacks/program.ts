import * as pulumi from "@pulumi/pulumi";
import { dropApiVersionAliases } from "./api-version-aliases";
import { foundation } from "./foundation";
import { loadSettings } from "./settings";

/** Real seconds that a wait of so many of Azure's seconds takes. */
export type Pace = (seconds: number) => number;

/**
 * Builds the stack that the config asks for, and hands back its outputs. Nothing is registered before the config has
 * been read and found right.
 */
export const program = programAt((seconds) => seconds);

/**
 * The same where time goes by another clock than Azure's. Waits are scaled only after the config has been checked, and no
 * config reaches the pace: a stack on Azure always waits as long as its file says.
 */
export function programAt(pace: Pace): () => Promise<Record<string, unknown>> {
    return async () => {
        const settings = loadSettings();
        dropApiVersionAliases();
        for (const warning of settings.warnings) await pulumi.log.warn(warning);
        return foundation({ ...settings, rolePropagationSeconds: pace(settings.rolePropagationSeconds) });
    };
}
