import { execFileSync } from "node:child_process";
import { createVerify, generateKeyPairSync } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { cloudInit } from "../../../components/runner/cloud-init";
import type { RunnerChoice } from "../../../components/runner/runner-choice";
import { runnerTools } from "../../../facts/runner-tools";

type Choice = Exclude<RunnerChoice, { kind: "none" }>;
const machines = { vmSize: "Standard_D4ds_v5", machines: 1 };
const github: Choice = {
    ...{ kind: "github", ...machines },
    github: {
        ...{ organisation: "contoso", appId: "123456", installationId: "7890", runnerGroupId: 3 },
        ...{ previewRunnerGroupId: 4, label: "mlplatform" },
        keySecretId: "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/kv-boot/secrets/runner-key",
    },
};
const azureDevOps: Choice = { kind: "azureDevOps", ...machines };

interface Config {
    packages: string[];
    users: { name: string; groups?: string; lock_passwd: boolean }[];
    write_files: { path: string; permissions: string; content: string }[];
    runcmd: string[][];
}
function config(choice: Choice): Config {
    const text = cloudInit(choice, "client-id");
    expect(text.startsWith("#cloud-config\n")).toBe(true);
    return JSON.parse(text.slice("#cloud-config\n".length)) as Config;
}
const fileOf = (choice: Choice, path: string): string =>
    config(choice).write_files.find((file) => file.path === path)?.content ?? "";

test("nobody signs in, and tools are checked", () => {
    for (const choice of [github, azureDevOps]) {
        const { packages, users, runcmd } = config(choice);
        const commands = runcmd.flat().join("\n");
        expect(commands).toContain("systemctl disable --now ssh.service ssh.socket");
        expect(commands).toContain(`fetch-tool ${runnerTools.kubectl.url} ${runnerTools.kubectl.sha256}`);
        expect(packages).toEqual(expect.arrayContaining(["docker.io", "nodejs", "unattended-upgrades"]));
        for (const user of users) expect(user.lock_passwd).toBe(true);
    }
    expect(config(github).runcmd.flat().join("\n")).toContain(runnerTools.githubRunner.sha256);
});

test("only deployments may build images, as Docker is as good as root", () => {
    expect(config(github).users.map(({ name, groups }) => `${name} ${groups ?? ""}`)).toEqual([
        "ci-preview ",
        "ci-deploy docker",
    ]);
});

test("Azure Pipelines brings its own agent, under the user it asks for", () => {
    expect(config(azureDevOps).users[0]?.name).toBe("AzDevOps");
    expect(cloudInit(azureDevOps)).not.toContain("actions-runner");
});

/** Commands that stand in for those of the machine, each a script. */
class Machine {
    private readonly folder = mkdtempSync(join(tmpdir(), "runner-"));

    constructor(commands: Readonly<Record<string, string>>) {
        for (const [name, script] of Object.entries(commands)) this.write(name, `#!/bin/bash\n${script}\n`);
    }

    write(name: string, content: string): string {
        const path = join(this.folder, name);
        writeFileSync(path, content);
        chmodSync(path, 0o755);
        return path;
    }

    run(script: string, ...args: string[]): string {
        const env = { PATH: `${this.folder}${delimiter}${process.env.PATH ?? ""}`, HERE: this.folder };
        return execFileSync("bash", [this.write("script", script), ...args], { env, encoding: "utf8", stdio: "pipe" });
    }

    read(name: string): string {
        return readFileSync(join(this.folder, name), "utf8");
    }

    remove(): void {
        rmSync(this.folder, { recursive: true });
    }
}

test("a tool that is not the pinned one stops the machine", () => {
    const machine = new Machine({ curl: 'while [ "$1" != --output ]; do shift; done; printf tool > "$2"' });
    try {
        const script = fileOf(azureDevOps, "/usr/local/sbin/fetch-tool");
        const right = "8142da8bdf4cadc53c76d9fffec8b0bf3c9cf4f9e4f9b7e2a3e3e4e5e6e7e8e9";
        expect(() => machine.run(script, "https://example.com/tool", right, join(tmpdir(), "tool"))).toThrow();
    } finally {
        machine.remove();
    }
});

describe.each([
    ["deploy", 3, "mlplatform", "docker system prune"],
    ["preview", 4, "mlplatform-preview", undefined],
])("for one job of the kind %s", (use, group, label, cleaned) => {
    test("a machine registers as the app, and hands the registration on alone", () => {
        const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
        const pem = privateKey.export({ type: "pkcs1", format: "pem" }).toString().trim();
        const machine = new Machine({
            docker: 'echo "docker $*" >> "$HERE/done"',
            rm: "",
            iptables: 'echo "iptables $*" >> "$HERE/done"; [ "$1" != --check ]',
            // Answers by URL, and keeps what it was told.
            curl: `all="$* $(cat)"; printf '%s\\n' "$all" >> "$HERE/calls"
case "$all" in
  *169.254.169.254*) echo '{"access_token":"machine-token"}' ;;
  *kv-boot.vault.azure.net*) cat "$HERE/secret.json" ;;
  *access_tokens*) echo '{"token":"installation-token"}' ;;
  *generate-jitconfig*) echo '{"encoded_jit_config":"one-job"}' ;;
  *) exit 22 ;;
esac`,
            runuser: 'echo "ran: $*"; env | grep -c -E "token|PRIVATE KEY" || true',
        });
        try {
            machine.write("secret.json", JSON.stringify({ value: pem }));
            const output = machine.run(fileOf(github, "/usr/local/sbin/run-one-job"), use);
            expect(output).toBe(`ran: --user ci-${use} -- /opt/runner-${use}/run.sh --jitconfig one-job\n0\n`);
            const calls = machine.read("calls").split("\n");
            expect(calls[0]).toContain("client_id=client-id");
            expect(calls[1]).toContain("secrets/runner-key?api-version=7.4 Authorization: Bearer machine-token");
            expect(calls[2]).toContain("/app/installations/7890/access_tokens");
            expect(calls[3]).toContain("/orgs/contoso/actions/runners/generate-jitconfig");
            expect(calls[3]).toContain(`"runner_group_id":${group},"labels":["${label}"]`);
            const [header = "", claims = "", signature = ""] =
                / Bearer (\S+)/.exec(calls[2] ?? "")?.[1]?.split(".") ?? [];
            expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toMatchObject({ iss: "123456" });
            const verify = createVerify("sha256").update(`${header}.${claims}`);
            expect(verify.verify(publicKey, Buffer.from(signature, "base64url"))).toBe(true);
            const done = machine.read("done");
            // Only root gets tokens of the machine.
            for (const address of ["169.254.169.254", "168.63.129.16"])
                expect(done).toContain(
                    `iptables --append OUTPUT --destination ${address} --match owner ! --uid-owner 0 --jump REJECT`,
                );
            expect(done.includes("docker")).toBe(cleaned !== undefined);
        } finally {
            machine.remove();
        }
    });
});
