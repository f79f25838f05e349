import { isDeepStrictEqual } from "node:util";
import { KubeConfig } from "@kubernetes/client-node";
import type { Cluster, User } from "@kubernetes/client-node";
import type { Values } from "../../protocol/values";
import type { Surroundings } from "./surroundings";

/**
 * The cluster that a kubeconfig points at, and as whom.
 * @throws Error when it names none.
 */
export function configOf({ kubeconfig, context, cluster }: Values, surroundings: Surroundings = {}): KubeConfig {
    if (typeof kubeconfig !== "string") throw new Error("kubeconfig is not valid: it must be the text of a kubeconfig");
    const read = new KubeConfig();
    try {
        read.loadFromString(kubeconfig);
    } catch (fault) {
        throw new Error(`kubeconfig is not valid: ${fault instanceof Error ? fault.message : String(fault)}`, {
            cause: fault,
        });
    }
    if (typeof context === "string" && context !== "") read.setCurrentContext(context);
    const currentContext = read.getCurrentContext();
    const chosen = read.getContextObject(currentContext);
    const found = read.getCluster(typeof cluster === "string" && cluster !== "" ? cluster : (chosen?.cluster ?? ""));
    if (!chosen || !found || !URL.canParse(found.server))
        throw new Error("kubeconfig is not valid: its current context names no server");
    const user = read.getCurrentUser();
    const config = new KubeConfig();
    config.loadFromOptions({
        clusters: [onThisMachine(found, surroundings)],
        contexts: [{ ...chosen, cluster: found.name }],
        users: user ? [withEnvironment(user, surroundings)] : [],
        currentContext,
    });
    return config;
}

/** Do two settings of the provider name different clusters? Not when one of them names none. */
export function isAnotherCluster(olds: Values, news: Values): boolean {
    const [before, after] = [olds, news].map((settings) => {
        try {
            return { ...configOf(settings).getCurrentCluster(), name: "" };
        } catch {
            return undefined;
        }
    });
    return before !== undefined && after !== undefined && !isDeepStrictEqual(before, after);
}

/** Certificates are for the cluster's own name. */
function onThisMachine(cluster: Cluster, { addressOf }: Surroundings): Cluster {
    const { hostname } = new URL(cluster.server);
    const at = addressOf?.(hostname);
    return at ? { ...cluster, server: `https://${at.host}:${at.port}`, tlsServerName: hostname } : cluster;
}

function withEnvironment(user: User, { environment }: Surroundings): User {
    if (!environment || user.exec === undefined) return user;
    const exec = user.exec as { env?: { name: string; value: string }[] | null };
    const around = Object.entries(environment).map(([name, value]) => ({ name, value }));
    return { ...user, exec: { ...exec, env: [...around, ...(exec.env ?? [])] } };
}
