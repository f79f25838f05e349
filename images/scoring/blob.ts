import { readFile } from "node:fs/promises";
import type { AccessToken, TokenCredential } from "@azure/core-auth";
import type { BlobClient, ContainerClient } from "@azure/storage-blob";

type Environment = Readonly<Record<string, string | undefined>>;

/** What a client of blobs needs to know of this pod. */
export interface BlobAccess {
    credential: TokenCredential;
    /** Stands for Azure's own addresses, with accounts as its folders. @default Azure */
    endpoint?: string;
}

/** As the pod is told by AKS's workload identity. @throws Error where it is told nothing: there is no other way in */
export function blobAccess(env: Environment): BlobAccess {
    const { BLOB_ENDPOINT: endpoint } = env;
    return { credential: workloadIdentity(env), ...(endpoint !== undefined && endpoint !== "" && { endpoint }) };
}

/** The blob at an address `https://ACCOUNT.blob.core.windows.net/CONTAINER/PATH`. */
export async function blobAt(uri: string, access: BlobAccess): Promise<BlobClient> {
    // Takes a while to load, which a start from files need not wait for.
    const { BlobClient } = await import("@azure/storage-blob");
    return new BlobClient(placeOf(uri, access), access.credential, options);
}

/** The container at the same kind of address, and what names of blobs below the path in it begin with. */
export async function containerAt(
    uri: string,
    access: BlobAccess,
): Promise<{ container: ContainerClient; prefix: string }> {
    const { ContainerClient } = await import("@azure/storage-blob");
    const { origin, pathname } = new URL(uri);
    const [, name = "", ...path] = pathname.split("/");
    const container = new ContainerClient(placeOf(`${origin}/${name}`, access), access.credential, options);
    const below = decodeURIComponent(path.join("/")).replace(/\/+$/, "");
    return { container, prefix: below === "" ? "" : `${below}/` };
}

const options = { retryOptions: { maxTries: 5, tryTimeoutInMs: 300_000 } };

function placeOf(uri: string, { endpoint }: BlobAccess): string {
    if (endpoint === undefined) return uri;
    const { hostname, pathname } = new URL(uri);
    return `${endpoint.replace(/\/$/, "")}/${hostname.split(".")[0] ?? ""}${pathname}`;
}

/**
 * Exchanges the token that Kubernetes signs for one of Entra: a single POST, which is all that the pod needs of an identity library.
 * @see https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow#third-case-access-token-request-with-a-federated-credential
 */
export function workloadIdentity(env: Environment): TokenCredential {
    const names = ["AZURE_AUTHORITY_HOST", "AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_FEDERATED_TOKEN_FILE"] as const;
    const missing = names.filter((name) => !env[name]);
    if (missing.length > 0)
        throw new Error(
            `blobs are read as the pod's workload identity, and ${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} not set: has the pod the label azure.workload.identity/use?`,
        );
    const [authority = "", tenant = "", client = "", file = ""] = names.map((name) => env[name]);
    return {
        getToken: async (scopes): Promise<AccessToken> => {
            const body = new URLSearchParams({
                client_id: client,
                grant_type: "client_credentials",
                scope: [scopes].flat().join(" "),
                client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                // Read each time: the kubelet renews it.
                client_assertion: (await readFile(file, "utf8")).trim(),
            });
            const url = new URL(`${tenant}/oauth2/v2.0/token`, authority);
            const answer = await fetch(url, { method: "POST", body, signal: AbortSignal.timeout(30_000) });
            const told = (await answer.json()) as {
                access_token?: string;
                expires_in?: number;
                error_description?: string;
            };
            if (told.access_token === undefined)
                throw new Error(
                    `${url.origin} gave no token (${answer.status}): ${told.error_description ?? "no reason"}`,
                );
            return { token: told.access_token, expiresOnTimestamp: Date.now() + (told.expires_in ?? 0) * 1000 };
        },
    };
}
