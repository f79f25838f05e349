import { readFileSync } from "node:fs";
import { stringify } from "yaml";
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
