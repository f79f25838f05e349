import type { SourceName } from "./sources";

/** Digest of a manifest, as registries compute it. */
export type Digest = `sha256:${string}`;

interface Published {
    /** Tag of an image, version of a chart. */
    version: string;
    /** Which of facts/sources.ts it is fetched from: the way out of the network that it needs. */
    from: SourceName;
    purpose: string;
    /** Where name and version are from. */
    source: string;
    /** When that was read. */
    date: string;
}

/** An image or a chart in a registry. */
export interface OciPart extends Published {
    kind: "image" | "chart";
    /** Host and path at its publisher's. */
    repository: string;
    /**
     * What others have seen under that tag. `npx mlplatform images lock` asks the registry itself, and refuses another
     * answer. @default - not seen anywhere
     */
    digest?: Digest;
}

/** A chart that its publisher keeps as an archive beside an index, in no registry. */
export interface ArchivedChart extends Published {
    kind: "archive";
    /** Folder of `index.yaml`. */
    index: string;
    /** Name in the index. */
    chart: string;
}

export type ThirdParty = OciPart | ArchivedChart;

const seen = "2026-11-23";
const keda = {
    version: "2.20.2",
    from: "githubPackages",
    date: seen,
    source: "https://github.com/kedacore/keda/releases/tag/v2.20.2; digests as github.com readers recorded them, unverified",
} as const;
const envoyGateway = {
    from: "dockerHub",
    date: seen,
    source: "https://gateway.envoyproxy.io/docs/install/install-helm/; the proxy's version as Envoy Gateway 1.8.1 was seen to start it, unverified",
} as const;
const kueue = {
    from: "kubernetes",
    date: seen,
    source: "https://kueue.sigs.k8s.io/docs/installation/; the chart's path is unverified",
} as const;
const jupyterHub = {
    from: "quay",
    date: seen,
    source: "https://github.com/jupyterhub/zero-to-jupyterhub-k8s (chart 4.4.0); the proxy's version as seen with it, unverified",
} as const;

/**
 * Every image and chart of somebody else's that the platform runs, by our name for it. Nothing else is mirrored, and nothing
 * is pulled from anywhere but the platform's registry: components take what {@link mirroredRepository} says, by digest.
 */
export const thirdParties = {
    "nvidia-device-plugin": {
        ...{ kind: "image", repository: "nvcr.io/nvidia/k8s-device-plugin", version: "v0.20.0", from: "nvidia" },
        digest: "sha256:a61ba9fd8efb82f3a79f877f7580e02c1e8e7593f62473644bc9c79e315c3312",
        purpose: "tells Kubernetes of the GPUs of a node",
        source: "https://github.com/NVIDIA/k8s-device-plugin (0.20.0); digest as two repositories on GitHub have it, unverified",
        date: seen,
    },
    "dcgm-exporter": {
        ...{ kind: "image", repository: "nvcr.io/nvidia/k8s/dcgm-exporter", version: "4.5.3-4.8.2-distroless" },
        ...{ from: "nvidia", purpose: "metrics of GPUs", date: seen },
        // Two digests are about, of the index and of one platform: none is written down.
        source: "https://github.com/NVIDIA/dcgm-exporter (4.5.3-4.8.2)",
    },
    "envoy-gateway-chart": {
        ...{ kind: "chart", repository: "docker.io/envoyproxy/gateway-helm", version: "v1.8.1" },
        ...{ purpose: "the gateway's controller, with the kinds of the Gateway API", ...envoyGateway },
    },
    "envoy-gateway": {
        ...{ kind: "image", repository: "docker.io/envoyproxy/gateway", version: "v1.8.1" },
        ...{ purpose: "makes proxies out of gateways and routes", ...envoyGateway },
    },
    envoy: {
        ...{ kind: "image", repository: "docker.io/envoyproxy/envoy", version: "distroless-v1.38.1" },
        ...{ purpose: "the proxy that requests pass", ...envoyGateway },
    },
    "keda-chart": {
        ...{ kind: "archive", index: "https://kedacore.github.io/charts", chart: "keda", version: "2.20.2" },
        ...{ from: "kedaChart", purpose: "autoscaling by events, with its kinds", date: seen },
        source: "https://keda.sh/docs/2.20/deploy/",
    },
    keda: {
        ...{ kind: "image", repository: "ghcr.io/kedacore/keda", purpose: "scales by events", ...keda },
        digest: "sha256:fe74c7b8849586a67ad2201bcb89e7f5ac221ff90399ecaa8fd28427f1ef11e6",
    },
    "keda-metrics-apiserver": {
        ...{ kind: "image", repository: "ghcr.io/kedacore/keda-metrics-apiserver", ...keda },
        purpose: "hands KEDA's numbers to the autoscaler",
        digest: "sha256:27286536a8a775aeeee37a7e343f8ecebb27ebf680ee1181a4f99e82eefb253b",
    },
    "keda-admission-webhooks": {
        ...{ kind: "image", repository: "ghcr.io/kedacore/keda-admission-webhooks", ...keda },
        purpose: "refuses two scalers on one workload",
        digest: "sha256:41f74102aba7959c6e8d08b433ab8a5fd6cae7c5646c78f7fe3de40a52df3439",
    },
    "kueue-chart": {
        ...{ kind: "chart", repository: "registry.k8s.io/kueue/charts/kueue", version: "0.19.2" },
        ...{ purpose: "queues for jobs, with their kinds", ...kueue },
    },
    kueue: {
        ...{ kind: "image", repository: "registry.k8s.io/kueue/kueue", version: "v0.19.2" },
        ...{ purpose: "lets jobs start as there is room for them", ...kueue },
    },
    "jupyterhub-chart": {
        ...{ kind: "archive", index: "https://hub.jupyter.org/helm-chart", chart: "jupyterhub", version: "4.4.0" },
        ...{ from: "jupyterHubChart", purpose: "notebooks", date: seen },
        source: "https://z2jh.jupyter.org/en/stable/jupyterhub/installation.html",
    },
    "jupyterhub-hub": {
        ...{ kind: "image", repository: "quay.io/jupyterhub/k8s-hub", version: "4.4.0" },
        ...{ purpose: "signs people in and starts their notebooks", ...jupyterHub },
    },
    "jupyterhub-proxy": {
        ...{ kind: "image", repository: "quay.io/jupyterhub/configurable-http-proxy", version: "5.2.0" },
        ...{ purpose: "leads each to their notebook", ...jupyterHub },
    },
    "jupyterhub-singleuser": {
        ...{ kind: "image", repository: "quay.io/jupyterhub/k8s-singleuser-sample", version: "4.4.0" },
        ...{ purpose: "a notebook until images of your own are built", ...jupyterHub },
    },
    pause: {
        ...{ kind: "image", repository: "registry.k8s.io/pause", version: "3.10", from: "kubernetes", date: seen },
        purpose: "keeps a place for somebody until they come",
        source: "https://github.com/kubernetes/kubernetes/tree/v1.34.1/build/pause; version unverified",
    },
    "label-studio": {
        ...{ kind: "image", repository: "docker.io/heartexlabs/label-studio", version: "1.23.0", from: "dockerHub" },
        digest: "sha256:aa461572e8f9d86a1bf9520c1db620204e86160fd2f80dd7e9d40ac84a8828ea",
        ...{ purpose: "labelling", date: seen },
        source: "https://github.com/HumanSignal/label-studio/releases; digest as a repository on GitHub has it, unverified",
    },
    postgresql: {
        ...{ kind: "image", repository: "docker.io/library/postgres", version: "17-bookworm", from: "dockerHub" },
        ...{ purpose: "keeps what is labelled, and its backups", date: seen },
        source: "https://hub.docker.com/_/postgres; the tag moves with patches, the lock does not",
    },
    node: {
        ...{ kind: "image", repository: "docker.io/library/node", version: "22.23.3-bookworm-slim" },
        ...{ from: "dockerHub", date: "2026-11-25", purpose: "base of the images of our own programs" },
        source: "https://hub.docker.com/_/node; the version is the one that package.json pins, its tag there unverified",
    },
    "python-3.11": {
        ...{ kind: "image", repository: "docker.io/library/python", version: "3.11-slim-bookworm", from: "dockerHub" },
        ...{ purpose: "base of data scientists' environments", date: "2026-11-25" },
        source: "https://hub.docker.com/_/python; the tag moves with patches, the lock does not",
    },
    cuda: {
        ...{ kind: "image", repository: "docker.io/nvidia/cuda", version: "12.9.1-cudnn-runtime-ubuntu24.04" },
        ...{ from: "dockerHub", date: "2026-11-25", purpose: "base of the scorer on GPUs: CUDA 12 and cuDNN 9" },
        source: "https://hub.docker.com/r/nvidia/cuda; CUDA 12 as onnxruntime-node 1.30 fetches it, the tag unverified",
    },
    ubuntu: {
        ...{ kind: "image", repository: "docker.io/library/ubuntu", version: "24.04", from: "dockerHub", date: seen },
        purpose: "base of the image of pipeline agents",
        source: "https://learn.microsoft.com/azure/devops/pipelines/agents/docker (Linux); version as the runner's",
    },
} as const satisfies Record<string, ThirdParty>;

export type ThirdPartyName = keyof typeof thirdParties;
export const thirdPartyNames = Object.keys(thirdParties) as ThirdPartyName[];

/** One of the list. */
export const thirdParty = (name: ThirdPartyName): ThirdParty => thirdParties[name];

/** Those that run in pods, and so are pulled by digest. */
export type ImageName = {
    [K in ThirdPartyName]: (typeof thirdParties)[K]["kind"] extends "image" ? K : never;
}[ThirdPartyName];
export type ChartName = Exclude<ThirdPartyName, ImageName>;

/** Where the platform's registry keeps it: as at its publisher's, below a name that tells mirrored from own. */
export function mirroredRepository(name: ThirdPartyName): string {
    const part = thirdParty(name);
    if (part.kind === "archive") return `mirror/charts/${part.chart}`;
    const path = part.repository.slice(part.repository.indexOf("/") + 1);
    return part.kind === "chart" ? `mirror/charts/${path.slice(path.lastIndexOf("/") + 1)}` : `mirror/${path}`;
}

/** Sources that all of the list comes from: what the machines that mirror it must reach. */
export const thirdPartySources: readonly SourceName[] = [
    ...new Set(thirdPartyNames.map((name) => thirdParties[name].from)),
].sort();
