/** A place of somebody else's from which images, charts or packages are fetched. */
export interface Source {
    hosts: readonly string[];
    /** @default Https */
    protocol?: "Http";
    /** Who needs it. */
    purpose: string;
    source: string;
}

const releases = ["github.com", "objects.githubusercontent.com", "release-assets.githubusercontent.com"] as const;

/**
 * Third parties, by the name that `mlplatform:sources` takes. The runner mirrors what is used into the platform's registry
 * and builds images from packages, so agents alone may fetch from them, and nodes pull from the registry only.
 *
 * None opens storage that is shared by everyone (`*.blob.core.windows.net`, `*.amazonaws.com`): through it, data could leave.
 */
export const sources = {
    dockerHub: {
        hosts: [
            ...["registry-1.docker.io", "auth.docker.io"],
            ...["production.cloudflare.docker.com", "production.cloudfront.docker.com"],
            "docker-images-prod.6aa30f8b08e16409b46e0173d6de2f56.r2.cloudflarestorage.com",
        ],
        purpose: "images and charts of Envoy Gateway, JupyterHub, Label Studio and PostgreSQL, and base images",
        source: "https://docs.docker.com/desktop/setup/allow-list/",
    },
    githubPackages: {
        hosts: ["ghcr.io", "pkg-containers.githubusercontent.com"],
        purpose: "images and charts of KEDA and other projects on GitHub",
        source: "https://docs.github.com/en/actions/reference/runners/self-hosted-runners (packages)",
    },
    quay: {
        hosts: ["quay.io", "cdn.quay.io", ...["1", "2", "3", "4", "5", "6"].map((number) => `cdn0${number}.quay.io`)],
        purpose: "images of Prometheus and JupyterHub",
        source: "https://docs.openshift.com/container-platform/latest/installing/install_config/configuring-firewall.html",
    },
    kubernetes: {
        hosts: ["registry.k8s.io", "*.pkg.dev", "prod-registry-k8s-io-us-east-1.s3.dualstack.us-east-1.amazonaws.com"],
        purpose: "images and charts of Kueue and of Kubernetes itself",
        source: "https://github.com/kubernetes/registry.k8s.io (hosts behind it change without notice: mirror what is used); the bucket is unverified",
    },
    nvidia: {
        hosts: ["nvcr.io", "layers.nvcr.io", "authn.nvidia.com", "api.ngc.nvidia.com", "xfiles.ngc.nvidia.com"],
        purpose: "images of the device plugin, DCGM and Triton",
        source: "https://docs.nvidia.com/ngc/latest/ngc-catalog-user-guide.html; hosts but nvcr.io unverified",
    },
    microsoft: {
        hosts: ["mcr.microsoft.com", "*.data.mcr.microsoft.com", "mcr-0001.mcr-msedge.net"],
        purpose: "base images of Microsoft's",
        source: "https://learn.microsoft.com/azure/aks/outbound-rules-control-egress (required FQDN rules)",
    },
    jupyterHubChart: {
        hosts: ["hub.jupyter.org", ...releases],
        purpose: "chart of JupyterHub",
        source: "https://z2jh.jupyter.org/en/stable/jupyterhub/installation.html; where its archives lie is unverified",
    },
    kedaChart: {
        hosts: ["kedacore.github.io", ...releases],
        purpose: "chart of KEDA",
        source: "https://keda.sh/docs/latest/deploy/; where its archives lie is unverified",
    },
    labelStudioChart: {
        hosts: ["charts.heartex.com"],
        purpose: "chart of Label Studio",
        source: "https://labelstud.io/guide/install_k8s.html; where its archives lie is unverified",
    },
    nvidiaCharts: {
        hosts: ["nvidia.github.io", ...releases],
        purpose: "charts of the device plugin and DCGM",
        source: "https://github.com/NVIDIA/k8s-device-plugin; where their archives lie is unverified",
    },
    prometheusCharts: {
        hosts: ["prometheus-community.github.io", ...releases],
        purpose: "charts of Prometheus and its adapters",
        source: "https://github.com/prometheus-community/helm-charts; where their archives lie is unverified",
    },
    pypi: {
        hosts: ["pypi.org", "files.pythonhosted.org"],
        purpose: "Python packages, for images that the runner builds",
        source: "https://warehouse.pypa.io/api-reference/integration-guide.html",
    },
    pytorch: {
        hosts: ["download.pytorch.org", "download-r2.pytorch.org"],
        purpose: "PyTorch built for CUDA, for images that the runner builds",
        source: "https://pytorch.org/get-started/locally/; its second host is unverified",
    },
    conda: {
        hosts: ["conda.anaconda.org", "repo.anaconda.com"],
        purpose: "conda packages, for images that the runner builds",
        source: "https://docs.conda.io/projects/conda/en/stable/user-guide/concepts/channels.html",
    },
    npm: {
        hosts: ["registry.npmjs.org"],
        purpose: "JavaScript packages, for images that the runner builds",
        source: "https://docs.npmjs.com/cli/using-npm/registry",
    },
    debian: {
        hosts: ["deb.debian.org", "security.debian.org"],
        protocol: "Http",
        purpose: "Debian packages, for images that the runner builds",
        source: "https://www.debian.org/mirror/list",
    },
    ubuntu: {
        hosts: ["azure.archive.ubuntu.com", "archive.ubuntu.com", "security.ubuntu.com"],
        protocol: "Http",
        purpose: "Ubuntu packages, for images that the runner builds",
        source: "https://documentation.ubuntu.com/server/explanation/software/about-apt-upgrade-and-phased-updates/; hosts as Ubuntu's images on Azure name them",
    },
} as const satisfies Record<string, Source>;

export type SourceName = keyof typeof sources;
export const sourceNames = Object.keys(sources) as SourceName[];
