import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { parse } from "yaml";
import { isObject } from "../../azure/properties";
import type { Values } from "../../protocol/values";
import { at, listAt, textAt } from "./objects";

const run = promisify(execFile);

/** How to reach a cluster, and as whom. */
export interface Cluster {
    server: URL;
    /** PEM. */
    certificateAuthority: string | undefined;
    isUnverified: boolean;
    /** PEM, of a user that comes in with a certificate. */
    clientCertificate: { certificate: string; key: string } | undefined;
    /** Namespace of the context. @default default */
    namespace: string;
    /** A bearer token; asked for again when the API server takes it no more. */
    token: (again: boolean) => Promise<string | undefined>;
}

/** What the sandbox puts between a kubeconfig and the machine that it runs on. */
export interface Surroundings {
    /** Where the API server of that host name listens on this machine. */
    addressOf?: (host: string) => { host: string; port: number } | undefined;
    /** Environment of the exec plugins, so that the sandbox's `kubelogin` is found. @default the process's */
    environment?: NodeJS.ProcessEnv;
    /** Does the registry of that host hold the chart? @default every chart is there */
    holdsChart?: (host: string, repository: string, tag: string) => boolean;
}

/** The parts of a kubeconfig that decide which cluster it is, for comparison. */
export function activeCluster(kubeconfig: unknown, context: unknown, cluster: unknown): Values | undefined {
    const config = parsed(kubeconfig);
    return config && entry(config, "clusters", clusterName(config, context, cluster), "cluster");
}

/**
 * The cluster that a kubeconfig points at.
 * @throws Error when it names none.
 */
export function clusterOf(
    { kubeconfig, context, cluster }: Values,
    { environment = process.env }: Surroundings,
): Cluster {
    const config = parsed(kubeconfig);
    if (!config) throw new Error("kubeconfig is not valid: it must be the text of a kubeconfig");
    const contextEntry = entry(config, "contexts", contextName(config, context), "context");
    const found = entry(config, "clusters", clusterName(config, context, cluster), "cluster");
    const server = textAt(found, "server");
    if (!URL.canParse(server)) throw new Error("kubeconfig is not valid: its current context names no server");
    const user = entry(config, "users", textAt(contextEntry, "user"), "user") ?? {};
    const pem = (object: Values | undefined, key: string): string | undefined => {
        const text = textAt(object, key);
        return text === "" ? undefined : Buffer.from(text, "base64").toString("utf8");
    };
    const [certificate, key] = [pem(user, "client-certificate-data"), pem(user, "client-key-data")];
    return {
        server: new URL(server),
        certificateAuthority: pem(found, "certificate-authority-data"),
        clientCertificate: certificate !== undefined && key !== undefined ? { certificate, key } : undefined,
        isUnverified: found?.["insecure-skip-tls-verify"] === true,
        namespace: textAt(contextEntry, "namespace") || "default",
        token: tokenOf(user, environment),
    };
}

function parsed(kubeconfig: unknown): Values | undefined {
    if (typeof kubeconfig !== "string") return undefined;
    const config: unknown = parse(kubeconfig);
    return isObject(config) ? config : undefined;
}

function contextName(config: Values, context: unknown): string {
    return typeof context === "string" && context !== "" ? context : textAt(config, "current-context");
}

function clusterName(config: Values, context: unknown, cluster: unknown): string {
    if (typeof cluster === "string" && cluster !== "") return cluster;
    return textAt(entry(config, "contexts", contextName(config, context), "context"), "cluster");
}

function entry(config: Values, list: string, name: string, key: string): Values | undefined {
    const found = at(
        listAt(config, list).find((one) => one.name === name),
        key,
    );
    return isObject(found) ? found : undefined;
}

/** A token that stands in the file, or one that the exec plugin is asked for. */
function tokenOf(user: Values, environment: NodeJS.ProcessEnv): Cluster["token"] {
    const { exec } = user;
    if (!isObject(exec)) {
        const token = textAt(user, "token");
        return () => Promise.resolve(token === "" ? undefined : token);
    }
    let known: Promise<{ token: string; expires: number }> | undefined;
    return async (again) => {
        if (again || known === undefined || (await known).expires < Date.now() + renewalMs) {
            known = credentialFrom(exec, environment);
            known.catch(() => (known = undefined));
        }
        return (await known).token;
    };
}

/** A token that is about to end is not used any more. */
const renewalMs = 30_000;

/** @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins */
async function credentialFrom(
    exec: Values,
    environment: NodeJS.ProcessEnv,
): Promise<{ token: string; expires: number }> {
    const command = textAt(exec, "command");
    const args = Array.isArray(exec.args) ? exec.args.map(String) : [];
    const given = listAt(exec, "env").map(({ name, value }): [string, string] => [String(name), String(value)]);
    const env: NodeJS.ProcessEnv = {
        ...environment,
        KUBERNETES_EXEC_INFO: JSON.stringify({
            ...{ apiVersion: exec.apiVersion, kind: "ExecCredential", spec: { interactive: false } },
        }),
        ...Object.fromEntries<string>(given),
    };
    const { stdout } = await run(command, args, { env, timeout: execTimeoutMs }).catch((fault: unknown) => {
        const said = isObject(fault) ? textAt(fault, "stderr").trim() : "";
        const why = said !== "" ? said : fault instanceof Error ? fault.message : String(fault);
        throw new Error(`getting credentials: exec: executable ${command} failed: ${why}`);
    });
    const { status } = JSON.parse(stdout) as { status?: { token?: string; expirationTimestamp?: string } };
    if (status?.token === undefined) throw new Error(`getting credentials: exec: ${command} gave no token`);
    const expires = Date.parse(status.expirationTimestamp ?? "");
    return { token: status.token, expires: Number.isNaN(expires) ? Infinity : expires };
}

const execTimeoutMs = 60_000;
