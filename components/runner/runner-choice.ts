import { vmSize } from "../../facts/vm-sizes";
import { wholeNumberFault } from "../units";

/** How machines get GitHub to give them work: as an app of the organisation, whose private key lies in a vault. */
export interface GithubRegistration {
    organisation: string;
    appId: string;
    installationId: string;
    /** Runner groups decide which repositories and workflows may use the machines: one for deployments, one for previews. */
    runnerGroupId: number;
    previewRunnerGroupId: number;
    /** What a workflow's `runs-on` names: this for deployments, with `-preview` for previews. */
    label: string;
    /** Full resource id of the secret with the app's private key. */
    keySecretId: string;
}

interface Machines {
    vmSize: string;
    /** With GitHub, as many run. Azure Pipelines starts and stops them itself, and is told the same number as its most. */
    machines: number;
    /** Version of the Ubuntu image. @default "latest" at the time a machine is made */
    imageVersion?: string;
}

/** Who gives the machines their work. */
export type RunnerChoice =
    | { kind: "none" }
    | ({ kind: "azureDevOps" } & Machines)
    | ({ kind: "github"; github: GithubRegistration } & Machines);

/** What is wrong with a choice; empty when nothing is. */
export function runnerFaults(field: string, choice: RunnerChoice): string[] {
    if (choice.kind === "none") return [];
    const size = vmSize(choice.vmSize);
    const faults: (string | false | undefined)[] = [
        wholeNumberFault(`${field}.machines`, choice.machines, 1, 20),
        size === undefined && `${field}.vmSize must be a size of facts/vm-sizes.ts, got "${choice.vmSize}"`,
        size?.gpus !== undefined && `${field}.vmSize must have no GPUs, got "${choice.vmSize}"`,
        choice.imageVersion !== undefined &&
            !/^(?:latest|\d+\.\d+\.\d+)$/.test(choice.imageVersion) &&
            `${field}.imageVersion must be latest or a version such as 24.04.202611010, got "${choice.imageVersion}"`,
        ...(choice.kind === "github" ? githubFaults(field, choice.github) : []),
    ];
    return faults.filter((fault) => typeof fault === "string");
}

function githubFaults(field: string, github: GithubRegistration): (string | false | undefined)[] {
    const { organisation, appId, installationId, runnerGroupId, previewRunnerGroupId, label, keySecretId } = github;
    const digits = (name: string, value: string): string | false =>
        !/^\d{1,12}$/.test(value) && `${field}.${name} must be the number that GitHub shows, got "${value}"`;
    return [
        // https://docs.github.com/en/enterprise-cloud@latest/admin/managing-iam/iam-configuration-reference/username-considerations-for-external-authentication
        !/^[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}$/.test(organisation) &&
            `${field}.organisation must be the name of a GitHub organisation, got "${organisation}"`,
        digits("appId", appId),
        digits("installationId", installationId),
        wholeNumberFault(`${field}.runnerGroupId`, runnerGroupId, 1, 1_000_000_000),
        wholeNumberFault(`${field}.previewRunnerGroupId`, previewRunnerGroupId, 1, 1_000_000_000),
        !/^[A-Za-z0-9_.-]{1,64}$/.test(label) &&
            `${field}.label must be 1 to 64 letters, digits, "_", "." and "-", got "${label}"`,
        !/^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.KeyVault\/vaults\/[^/]+\/secrets\/[A-Za-z0-9-]{1,127}$/i.test(
            keySecretId,
        ) && `${field}.keySecretId must be the full id of a vault's secret, got "${keySecretId}"`,
    ];
}
