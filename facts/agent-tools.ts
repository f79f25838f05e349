import { runnerTools, type PinnedTool } from "./runner-tools";

/** What the image of pipeline agents fetches besides signed packages: images/pipeline-agent/tools.lock, a test holds the two together. */
export const agentTools = {
    kubectl: runnerTools.kubectl,
    kubelogin: {
        version: "0.2.19",
        url: "https://github.com/Azure/kubelogin/releases/download/v0.2.19/kubelogin-linux-amd64.zip",
        sha256: "ebaeff02aa899c5cae6a2b954b64fc02738185319df2570f7dc053451efa4b2f",
        source: "one public repository that pins it; not held against the publisher's, unverified; 25 November 2026",
    },
    helm: {
        version: "3.21.4",
        url: "https://get.helm.sh/helm-v3.21.4-linux-amd64.tar.gz",
        sha256: "61f88ab166748cb19604d7884cb100ae9ccb13804ddeb98e08af167eacbb6a14",
        source: "the same in two public repositories that pin it, as get.helm.sh/...sha256sum publishes it; 25 November 2026",
    },
} as const satisfies Record<string, PinnedTool>;

/** A lock's line for each, as `sha256sum --check` wants its first two words. */
export const agentToolsLock = (): string =>
    Object.entries(agentTools)
        .map(([name, { sha256, url }]) => `${sha256}  ${name}  ${url}\n`)
        .join("");
