import { runnerTools } from "../../facts/runner-tools";
import type { RunnerChoice } from "./runner-choice";

/** Where machines and jobs fetch packages, tools and the project's own dependencies from. */
const common = [
    // Ubuntu: the mirrors in Azure, and the archive itself when they fail.
    ...["azure.archive.ubuntu.com", "archive.ubuntu.com", "security.ubuntu.com"],
    // The signing key of the Azure CLI's packages, by its fingerprint.
    "keyserver.ubuntu.com",
    ...["registry.npmjs.org", "get.pulumi.com", "api.pulumi.com"],
    new URL(runnerTools.kubectl.url).host,
    // Where dl.k8s.io sends its callers on to.
    "cdn.dl.k8s.io",
    // Jobs sign in with tokens of their own, and write to Resource Manager.
    ...["login.microsoftonline.com", "management.azure.com"],
];

const github = [
    ...["github.com", "api.github.com", "codeload.github.com", "*.actions.githubusercontent.com"],
    ...[
        "objects.githubusercontent.com",
        "release-assets.githubusercontent.com",
        "objects-origin.githubusercontent.com",
    ],
    ...["github-releases.githubusercontent.com", "github-registry-files.githubusercontent.com"],
    ...["*.pkg.github.com", "pkg-containers.githubusercontent.com", "ghcr.io"],
    // Logs, caches and artefacts of jobs. GitHub asks for all storage accounts there are, which would be a way out to
    // anybody's; these are its own, as its runners are seen to use them (unverified).
    ...Array.from({ length: 20 }, (_, index) => `productionresultssa${index}.blob.core.windows.net`),
];

const azureDevOps = [
    ...["dev.azure.com", "*.dev.azure.com", "aex.dev.azure.com", "vssps.dev.azure.com", "*.visualstudio.com"],
    ...["*.vssps.visualstudio.com", "vstsagentpackage.azureedge.net", "download.agent.dev.azure.com"],
    // Not all of blob.core.windows.net, which Azure DevOps asks for too: it is anybody's.
    "vstsagenttools.blob.core.windows.net",
];

/** What the hosts of each kind follow. */
export const runnerPages = {
    github: "https://docs.github.com/actions/hosting-your-own-runners/managing-self-hosted-runners/communicating-with-self-hosted-runners",
    azureDevOps: "https://learn.microsoft.com/azure/devops/organizations/security/allow-list-ip-url",
} as const;

/** Host names that machines of that kind need over HTTPS. */
export function runnerFqdns(kind: Exclude<RunnerChoice["kind"], "none">): readonly string[] {
    return [...new Set([...common, ...(kind === "github" ? github : azureDevOps)])];
}
