import { runnerPackages, runnerTools, type PinnedTool } from "../../facts/runner-tools";
import type { GithubRegistration, RunnerChoice } from "./runner-choice";

/** What the machine's first start is told besides the choice. */
export interface CloudInitArgs {
    choice: Exclude<RunnerChoice, { kind: "none" }>;
    /** Application id of the machine's identity, by which it asks for tokens. */
    clientId: string;
}

interface WrittenFile {
    path: string;
    permissions: string;
    content: string;
}

/**
 * First start of a CI machine, as cloud-init takes it: packages, pinned tools, and for GitHub a service that registers the
 * machine for one job at a time. It holds no secret: whoever can read the machine's data learns names only.
 * @see https://cloudinit.readthedocs.io/en/latest/reference/examples.html
 */
export function cloudInit({ choice, clientId }: CloudInitArgs): string {
    const github = choice.kind === "github";
    const files: WrittenFile[] = [
        // Security updates come by themselves, and take the machine down for a minute at night when they must.
        file("/etc/apt/apt.conf.d/52mlplatform", 'Unattended-Upgrade::Automatic-Reboot "true";\n', "0644"),
        file("/usr/local/sbin/fetch-tool", fetchTool),
        ...(github ? [file("/usr/local/sbin/run-one-job", runOneJob(choice.github, clientId))] : []),
        ...(github ? [file("/etc/systemd/system/ci-runner.service", runnerService, "0644")] : []),
    ];
    const { kubectl, githubRunner } = runnerTools;
    const commands = [
        // Nobody signs in: work comes from a queue, and faults are read in the pipeline's log.
        "systemctl disable --now ssh.service ssh.socket",
        fetch(kubectl, "/var/tmp/kubectl"),
        "install -m 0755 /var/tmp/kubectl /usr/local/bin/kubectl",
        ...(github
            ? [
                  fetch(githubRunner, "/var/tmp/runner.tar.gz"),
                  "install -d -o ci -g ci /opt/runner",
                  "runuser -u ci -- tar -xzf /var/tmp/runner.tar.gz -C /opt/runner",
                  "systemctl enable --now ci-runner.service",
              ]
            : []),
    ];
    const config = {
        ...{ package_update: true, package_upgrade: true, packages: [...runnerPackages] },
        // Azure Pipelines installs its agent itself, under this name: docs/limits.md.
        users: [{ name: github ? "ci" : "AzDevOps", groups: "docker", shell: "/bin/bash", lock_passwd: true }],
        // The users above join it, before Docker is installed.
        groups: ["docker"],
        write_files: files,
        runcmd: [["bash", "-c", ["set -euo pipefail", ...commands].join("\n")]],
    };
    // JSON is YAML.
    return `#cloud-config\n${JSON.stringify(config, undefined, 1)}\n`;
}

const file = (path: string, content: string, permissions = "0755"): WrittenFile => ({ path, permissions, content });

const fetch = ({ url, sha256 }: PinnedTool, to: string): string => `/usr/local/sbin/fetch-tool ${url} ${sha256} ${to}`;

/** A download that is not what was pinned stops the machine's start. */
const fetchTool = `#!/usr/bin/env bash
set -euo pipefail
curl --fail --silent --show-error --location --retry 5 --output "$3" "$1"
echo "$2  $3" | sha256sum --check --quiet
`;

const runnerService = `[Unit]
Description=Takes one CI job after the other
After=network-online.target docker.service
Wants=network-online.target

[Service]
ExecStart=/usr/local/sbin/run-one-job
Restart=always
RestartSec=15

[Install]
WantedBy=multi-user.target
`;

/**
 * Asks GitHub for a registration that is good for one job, and does that job as a user of its own. The app's key is read
 * from the vault each time, is never written to disk, and is out of reach of the job's user but for the identity.
 * @see https://docs.github.com/actions/hosting-your-own-runners/managing-self-hosted-runners/autoscaling-with-self-hosted-runners
 */
function runOneJob(github: GithubRegistration, clientId: string): string {
    const { organisation, appId, installationId, runnerGroupId, labels, keySecretId } = github;
    const [, vault = "", secret = ""] = /\/vaults\/([^/]+)\/secrets\/([^/]+)$/i.exec(keySecretId) ?? [];
    const registration = JSON.stringify({ runner_group_id: runnerGroupId, labels: [...labels], work_folder: "_work" });
    return `#!/usr/bin/env bash
set -euo pipefail
# What the job before left behind.
docker system prune --all --force --volumes >/dev/null
rm -rf /opt/runner/_work /opt/runner/.credentials* /opt/runner/.runner*

get() { curl --fail --silent --show-error --retry 5 "$@"; }
base64url() { base64 --wrap=0 | tr '+/' '-_' | tr -d '='; }

token=$(get --header Metadata:true "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fvault.azure.net&client_id=${clientId}" | jq --raw-output .access_token)
key=$(get --header @- "https://${vault}.vault.azure.net/secrets/${secret}?api-version=7.4" <<<"Authorization: Bearer $token" | jq --raw-output .value)

now=$(date +%s)
header=$(printf '{"alg":"RS256","typ":"JWT"}' | base64url)
claims=$(printf '{"iat":%d,"exp":%d,"iss":"${appId}"}' $((now - 60)) $((now + 540)) | base64url)
signature=$(printf '%s.%s' "$header" "$claims" | openssl dgst -sha256 -sign <(printf '%s\\n' "$key") | base64url)
api=https://api.github.com
installation=$(get --request POST --header @- "$api/app/installations/${installationId}/access_tokens" <<<"Authorization: Bearer $header.$claims.$signature" | jq --raw-output .token)
body=$(jq --compact-output --null-input --arg name "$(hostname)-$now" '${registration} + {name: $name}')
jit=$(get --request POST --header @- --data "$body" "$api/orgs/${organisation}/actions/runners/generate-jitconfig" <<<"Authorization: Bearer $installation" | jq --raw-output .encoded_jit_config)
unset token key signature installation

exec runuser --user ci -- /opt/runner/run.sh --jitconfig "$jit"
`;
}
