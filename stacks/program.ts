import * as pulumi from "@pulumi/pulumi";
import { dropApiVersionAliases } from "./api-version-aliases";
import { foundation } from "./foundation";
import { loadSettings } from "./settings";

/**
 * Builds the stack that the config asks for, and hands back its outputs. Nothing is registered before the config has
 * been read and found right.
 */
export async function program(): Promise<Record<string, unknown>> {
    const settings = loadSettings();
    dropApiVersionAliases();
    for (const warning of settings.warnings) await pulumi.log.warn(warning);
    return foundation(settings);
}
