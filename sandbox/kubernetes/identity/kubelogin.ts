import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Directory, signedIn } from "./directory";
import type { Principal } from "./directory";
import { aksServerApplicationId } from "./tokens";

/**
 * The sandbox's `kubelogin get-token`: an ExecCredential for the identity that the environment names, as the real one.
 * @see https://azure.github.io/kubelogin/cli/get-token.html
 */
export function getToken(folder: string, args: readonly string[], env: NodeJS.ProcessEnv): string {
    const { values, positionals } = parseArgs({
        args: [...args],
        options: {
            login: { type: "string", short: "l" },
            environment: { type: "string", short: "e" },
            "server-id": { type: "string" },
            "client-id": { type: "string" },
            "tenant-id": { type: "string", short: "t" },
        },
        allowPositionals: true,
    });
    if (positionals.join(" ") !== "get-token") throw new Error("the sandbox's kubelogin knows `get-token` alone");
    if (values["server-id"] !== aksServerApplicationId) {
        throw new Error(`--server-id must be that of AKS, ${aksServerApplicationId}`);
    }
    const directory = new Directory(folder);
    const method = env.AAD_LOGIN_METHOD ?? values.login ?? "azurecli";
    const principal = signIn(directory, method, env, values["client-id"]);
    const { token, expires } = directory.tokenFor(principal);
    return JSON.stringify({
        ...{ kind: "ExecCredential", apiVersion: "client.authentication.k8s.io/v1beta1", spec: { interactive: false } },
        status: { expirationTimestamp: expires.toISOString(), token },
    });
}

function signIn(directory: Directory, method: string, env: NodeJS.ProcessEnv, clientId: string | undefined): Principal {
    if (["azurecli", "azd", "devicecode", "interactive"].includes(method)) {
        return directory.find(env.MLPLATFORM_IDENTITY ?? signedIn);
    }
    const application = env.AZURE_CLIENT_ID ?? clientId ?? "";
    if (application === "") throw new Error(`login method ${method} needs AZURE_CLIENT_ID`);
    if (method === "msi") return directory.find(application);
    if (method === "workloadidentity") {
        const file = env.AZURE_FEDERATED_TOKEN_FILE ?? "";
        if (file === "") throw new Error("login method workloadidentity needs AZURE_FEDERATED_TOKEN_FILE");
        return directory.federated(application, readFileSync(file, "utf8"));
    }
    throw new Error(
        `the sandbox knows the login methods azurecli, devicecode, interactive, msi and workloadidentity, not ${method}`,
    );
}

if (require.main === module) {
    const [folder = "", ...args] = process.argv.slice(2);
    try {
        process.stdout.write(getToken(folder, args, process.env));
    } catch (fault) {
        process.stderr.write(`kubelogin: ${fault instanceof Error ? fault.message : String(fault)}\n`);
        process.exitCode = 1;
    }
}
