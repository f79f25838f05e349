import { readFileSync } from "node:fs";
import { stringify } from "yaml";
import { aksServerApplicationId } from "../identity/tokens";
import type { KeyPair } from "./pki";

/** A kubeconfig whose user is a client certificate. It holds a key, so only its owner may read it. */
export function certificateKubeconfig(server: string, authority: string, { certificate, key }: KeyPair): string {
    const base64 = (file: string): string => readFileSync(file).toString("base64");
    return stringify({
        apiVersion: "v1",
        kind: "Config",
        clusters: [{ name: "sandbox", cluster: { server, "certificate-authority-data": base64(authority) } }],
        users: [
            {
                name: "sandbox",
                user: { "client-certificate-data": base64(certificate), "client-key-data": base64(key) },
            },
        ],
        contexts: [{ name: "sandbox", context: { cluster: "sandbox", user: "sandbox" } }],
        "current-context": "sandbox",
    });
}

export interface UserKubeconfig {
    /** Of the cluster. */
    name: string;
    server: string;
    /** Name in the server's certificate. @default the server's own */
    serverName?: string;
    /** Certificate authority (PEM). */
    authority: string;
    tenantId: string;
    /** What gives out tokens. */
    command: string;
}

/** A kubeconfig for users, as `az aks get-credentials` and `kubelogin convert-kubeconfig` make it: it holds no secret. */
export function userKubeconfig({ name, server, serverName, authority, tenantId, command }: UserKubeconfig): string {
    const cluster = {
        server,
        ...(serverName !== undefined && { "tls-server-name": serverName }),
        "certificate-authority-data": Buffer.from(authority).toString("base64"),
    };
    const exec = {
        apiVersion: "client.authentication.k8s.io/v1beta1",
        command,
        args: [
            "get-token",
            "--environment",
            "AzurePublicCloud",
            "--server-id",
            aksServerApplicationId,
            "--tenant-id",
            tenantId,
        ],
        env: null,
        provideClusterInfo: false,
        interactiveMode: "Never",
    };
    return stringify({
        apiVersion: "v1",
        kind: "Config",
        clusters: [{ name, cluster }],
        users: [{ name: `clusterUser_${name}`, user: { exec } }],
        contexts: [{ name, context: { cluster: name, user: `clusterUser_${name}` } }],
        "current-context": name,
    });
}
