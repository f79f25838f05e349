import { azureCli, runnerPackages, runnerTools, type PinnedTool } from "../../facts/runner-tools";
import type { GithubRegistration, RunnerChoice } from "./runner-choice";

type Choice = Exclude<RunnerChoice, { kind: "none" }>;

interface User {
    name: string;
    groups?: string;
}
interface WrittenFile {
    path: string;
    permissions: string;
    content: string;
}

/**
 * First start of a CI machine, as cloud-init takes it: packages, pinned tools, and for GitHub services that register the
 * machine for one job at a time. It holds no secret: whoever can read the machine's data learns names only.
 * @param clientId Application id of the machine's identity, by which it asks for tokens; for GitHub.
 * @see https://cloudinit.readthedocs.io/en/latest/reference/examples.html
 */
export function cloudInit(choice: Choice, clientId = ""): string {
    const own = choice.kind === "github" ? githubParts(choice.github, clientId) : azurePipelinesParts;
    const config = {
        ...{ package_update: true, package_upgrade: true, packages: [...runnerPackages, azureCli.package] },
        apt: {
            sources: {
                "azure-cli": {
                    source: `deb [arch=amd64 signed-by=$KEY_FILE] ${azureCli.archive}`,
                    ...{ keyid: azureCli.signedBy, keyserver: "hkps://keyserver.ubuntu.com" },
                },
            },
        },
        // Before Docker is installed, which takes the group over.
        groups: ["docker"],
        users: own.users.map((user) => ({ ...user, shell: "/bin/bash", lock_passwd: true })),
        write_files: [
            // Security updates come by themselves, and take the machine down for a minute at night when they must.
            file("/etc/apt/apt.conf.d/52mlplatform", 'Unattended-Upgrade::Automatic-Reboot "true";\n', "0644"),
            file("/usr/local/sbin/fetch-tool", fetchTool),
            ...own.files,
        ],
        runcmd: [
            [
                ...["bash", "-c"],
                [
                    "set -euo pipefail",
                    // Nobody signs in: work comes from a queue, and faults are read in the pipeline's log.
                    "systemctl disable --now ssh.service ssh.socket",
                    fetch(runnerTools.kubectl, "/var/tmp/kubectl"),
                    "install -m 0755 /var/tmp/kubectl /usr/local/bin/kubectl",
                    ...own.commands,
                ].join("\n"),
            ],
        ],
    };
    // JSON is YAML.
    return `#cloud-config\n${JSON.stringify(config, undefined, 1)}\n`;
}

interface Parts {
    users: readonly User[];
    files: readonly WrittenFile[];
    commands: readonly string[];
}

/** Azure Pipelines installs its agent itself, under this name (docs/limits.md), and takes the machine down after a job. */
const azurePipelinesParts: Parts = { users: [{ name: "AzDevOps", groups: "docker" }], files: [], commands: [] };

/** What jobs do, each under a user of its own: only deployments may build images, as Docker is as good as root. */
const uses = ["preview", "deploy"] as const;

function githubParts(github: GithubRegistration, clientId: string): Parts {
    return {
        users: [{ name: "ci-preview" }, { name: "ci-deploy", groups: "docker" }],
        files: [
            file("/usr/local/sbin/run-one-job", runOneJob(github, clientId)),
            file("/etc/systemd/system/ci-runner@.service", runnerService, "0644"),
        ],
        commands: [
            fetch(runnerTools.githubRunner, "/var/tmp/runner.tar.gz"),
            ...uses.flatMap((use) => [
                `install -d -m 0700 -o ci-${use} -g ci-${use} /opt/runner-${use}`,
                `runuser -u ci-${use} -- tar -xzf /var/tmp/runner.tar.gz -C /opt/runner-${use}`,
                `systemctl enable --now ci-runner@${use}.service`,
            ]),
        ],
    };
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
Description=Takes one CI job after the other (%i)
After=network-online.target docker.service
Wants=network-online.target

[Service]
ExecStart=/usr/local/sbin/run-one-job %i
Restart=always
RestartSec=15

[Install]
WantedBy=multi-user.target
`;

/**
 * Asks GitHub for a registration that is good for one job, and does that job as the user for its kind. The app's key is
 * read from the vault each time and never written to disk. Only root reaches the addresses that hand out the machine's
 * tokens, so a preview, which anyone with a branch can start, cannot read that key.
 * @see https://docs.github.com/actions/hosting-your-own-runners/managing-self-hosted-runners/autoscaling-with-self-hosted-runners
 */
function runOneJob(github: GithubRegistration, clientId: string): string {
    const { organisation, appId, installationId, runnerGroupId, previewRunnerGroupId, label, keySecretId } = github;
    const [, vault = "", secret = ""] = /\/vaults\/([^/]+)\/secrets\/([^/]+)$/i.exec(keySecretId) ?? [];
    return `#!/usr/bin/env bash
set -euo pipefail
use=$1
case "$use" in
  deploy) group=${runnerGroupId} label=${label} ;;
  preview) group=${previewRunnerGroupId} label=${label}-preview ;;
  *) exit 2 ;;
esac

for address in 169.254.169.254 168.63.129.16; do
  rule=(OUTPUT --destination "$address" --match owner ! --uid-owner 0 --jump REJECT)
  iptables --check "\${rule[@]}" 2>/dev/null || iptables --append "\${rule[@]}"
done

# What the job before left behind.
if [ "$use" = deploy ]; then docker system prune --all --force --volumes >/dev/null; fi
rm -rf "/opt/runner-$use/_work" "/opt/runner-$use"/.credentials* "/opt/runner-$use"/.runner*

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
body=$(jq --compact-output --null-input --arg name "$(hostname)-$use-$now" --arg tag "$label" --argjson group "$group" '{name: $name, runner_group_id: $group, labels: [$tag], work_folder: "_work"}')
jit=$(get --request POST --header @- --data "$body" "$api/orgs/${organisation}/actions/runners/generate-jitconfig" <<<"Authorization: Bearer $installation" | jq --raw-output .encoded_jit_config)
unset token key signature installation

exec runuser --user "ci-$use" -- "/opt/runner-$use/run.sh" --jitconfig "$jit"
`;
}
