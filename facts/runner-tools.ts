/** A program that is fetched as it is, and refused when it is not the one that was looked at. */
export interface PinnedTool {
    version: string;
    url: string;
    sha256: string;
    /** Where the checksum was read, and when. */
    source: string;
}

/** What CI machines fetch besides Ubuntu's signed packages. */
export const runnerTools = {
    kubectl: {
        version: "1.36.2",
        url: "https://dl.k8s.io/release/v1.36.2/bin/linux/amd64/kubectl",
        sha256: "1e9045ec32bea85da43de85f0065358529ea7c7a152eca78154fba5b58c27d82",
        source: "the same in ten public repositories that pin it, as dl.k8s.io/.../kubectl.sha256 publishes it; 24 November 2026",
    },
    githubRunner: {
        version: "2.337.0",
        url: "https://github.com/actions/runner/releases/download/v2.337.0/actions-runner-linux-x64-2.337.0.tar.gz",
        sha256: "70920811a4f8ad4328818682bca5c6469c1c942fab52448868071d0063816613",
        source: "the same in three public repositories that pin it, as github.com/actions/runner/releases publishes it; 24 November 2026",
    },
} as const satisfies Record<string, PinnedTool>;

/**
 * Ubuntu's own packages, whose repository is signed. Node 18 is enough: the project brings its own Node 22 and its own
 * engine, pinned in its lock file.
 */
export const runnerPackages = [
    "docker.io",
    "docker-buildx",
    "git",
    "jq",
    "nodejs",
    "npm",
    "unattended-upgrades",
    "unzip",
] as const;

/**
 * The Azure CLI, from Microsoft's package archive, by the fingerprint of the key that signs it.
 * @see https://learn.microsoft.com/cli/azure/install-azure-cli-linux
 */
export const azureCli = {
    package: "azure-cli",
    archive: "https://packages.microsoft.com/repos/azure-cli/ noble main",
    /** Of the package in the image of pipeline agents; as PyPI has the same program, the package's own name of it unverified. */
    version: "2.91.0-1~noble",
    signedBy: "BC528686B50D79E339D3721CEB3E94ADBE1229CF",
} as const;

/**
 * A public key for the login that Azure insists on. It is a point of the curve computed from a sentence, so there is no
 * private key to it, and nobody can sign in with it; a test computes it again. SSH is off as well.
 */
export const nobodysKey = {
    sentence: "mlplatform runner: nobody holds this key",
    publicKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDphNpcfTmKJHkEHkIskN4nl0BOOUye8f3S/b6r3tV08",
} as const;
