import type { RunnerChoice } from "../../components/runner/runner-choice";
import { anyNumber, object, oneOf, optional, text, type Parsed, type Parser } from "../parse";
import type { Tier } from "../tiers";

const machines = { vmSize: optional(text()), machines: optional(anyNumber), imageVersion: optional(text()) };
const registration = {
    organisation: optional(text()),
    appId: optional(text()),
    installationId: optional(text()),
    runnerGroupId: optional(anyNumber),
    previewRunnerGroupId: optional(anyNumber),
    label: optional(text()),
    keySecretId: optional(text()),
};
const fields = object({ kind: oneOf(["none", "github", "azureDevOps"]), ...machines, ...registration });
type Runner = Parsed<typeof fields>;

/** Without these a machine cannot register. */
const needed = ["organisation", "appId", "installationId", "keySecretId"] as const;

/** Reads who gives the CI machines their work; what is not for that kind is a fault, and so is what it lacks. */
export const runner: Parser<Runner> = (field, value, faults) => {
    const read = fields(field, value, faults);
    if (read === undefined) return undefined;
    const own = { none: {}, azureDevOps: machines, github: { ...machines, ...registration } }[read.kind];
    for (const name of Object.keys(read))
        if (name !== "kind" && !(name in own)) faults.push(`${field}.${name} is not for kind ${read.kind}; remove it`);
    const missing = read.kind === "github" ? needed.filter((name) => read[name] === undefined) : [];
    for (const name of missing) faults.push(`${field}.${name} must be set for kind github`);
    return missing.length > 0 ? undefined : read;
};

/** The choice, with what the environment decides where config does not. */
export function runnerOf(read: Runner | undefined, tier: Tier): RunnerChoice {
    if (read === undefined || read.kind === "none") return { kind: "none" };
    const common = {
        vmSize: read.vmSize ?? "Standard_D4ds_v5",
        machines: read.machines ?? tier.runnerMachines,
        ...(read.imageVersion !== undefined && { imageVersion: read.imageVersion }),
    };
    if (read.kind === "azureDevOps") return { kind: "azureDevOps", ...common };
    const { organisation = "", appId = "", installationId = "", keySecretId = "" } = read;
    return {
        ...{ kind: "github", ...common },
        github: {
            ...{ organisation, appId, installationId, keySecretId },
            runnerGroupId: read.runnerGroupId ?? 1,
            previewRunnerGroupId: read.previewRunnerGroupId ?? read.runnerGroupId ?? 1,
            label: read.label ?? "mlplatform",
        },
    };
}
