import * as pulumi from "@pulumi/pulumi";
import { dropApiVersionAliases } from "./api-version-aliases";
import { kindOf, loadConfig } from "./config";

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
        const build = kinds[loadConfig(kindOf)]();
        return await build(pace);
    };
}

type Build = (pace: Pace) => Promise<Record<string, unknown>>;

/* eslint-disable @typescript-eslint/no-require-imports -- under ts-node, import() would look for ES modules */

/** Each kind is loaded only when it is asked for: its resource types take a second. */
const kinds: Readonly<Record<ReturnType<typeof kindOf>, () => Build>> = {
    foundation: () => {
        const { loadSettings } = require("./settings") as typeof import("./settings");
        const { foundation } = require("./foundation") as typeof import("./foundation");
        return async (pace) => {
            const settings = loadSettings();
            dropApiVersionAliases();
            for (const warning of settings.warnings) await pulumi.log.warn(warning);
            return foundation({ ...settings, rolePropagationSeconds: pace(settings.rolePropagationSeconds) });
        };
    },
    images: () => {
        const { loadImagesSettings } = require("./settings/images") as typeof import("./settings/images");
        const { images } = require("./images") as typeof import("./images");
        return () => images(loadImagesSettings());
    },
    services: () => {
        const { loadServicesSettings } = require("./settings/services") as typeof import("./settings/services");
        const { services } = require("./services") as typeof import("./services");
        return (pace) => {
            const settings = loadServicesSettings();
            dropApiVersionAliases();
            return services({ ...settings, rolePropagationSeconds: pace(settings.rolePropagationSeconds) });
        };
    },
    team: () => {
        const { loadTeamSettings } = require("./settings/team") as typeof import("./settings/team");
        const { team } = require("./team") as typeof import("./team");
        return (pace) => {
            const settings = loadTeamSettings();
            dropApiVersionAliases();
            return team({ ...settings, rolePropagationSeconds: pace(settings.rolePropagationSeconds) });
        };
    },
};
