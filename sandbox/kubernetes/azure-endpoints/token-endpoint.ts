import type { Directory } from "../identity/directory";
import { storageAudience } from "./azurite";

/** An answer of Entra ID's. */
export interface TokenAnswer {
    status: number;
    body: object;
}

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/** Resources that tokens are made out for here, by the scope that is asked for. */
const audiences: Readonly<Record<string, string>> = {
    [`${storageAudience}/.default`]: storageAudience,
};

/**
 * Exchanges a service account's token for one of Entra ID, for whoever has a federated credential that names its issuer, subject
 * and audience.
 * @see https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow#third-case-access-token-request-with-a-federated-credential
 */
export function exchange(directory: Directory, form: URLSearchParams): TokenAnswer {
    const refused = (error: string, error_description: string): TokenAnswer => ({
        status: error === "invalid_client" ? 401 : 400,
        body: { error, error_description },
    });
    if (form.get("grant_type") !== "client_credentials" || form.get("client_assertion_type") !== assertionType)
        return refused("unsupported_grant_type", "AADSTS70003: pods sign in by client_credentials with an assertion.");
    const scope = form
        .get("scope")
        ?.split(" ")
        .find((one) => one in audiences);
    const audience = scope === undefined ? undefined : audiences[scope];
    if (audience === undefined)
        return refused(
            "invalid_scope",
            `AADSTS70011: The provided value for the input parameter 'scope' is not valid. The sandbox knows ${Object.keys(audiences).join(", ")}.`,
        );
    try {
        const who = directory.federated(form.get("client_id") ?? "", form.get("client_assertion") ?? "");
        const { token, expires } = directory.tokenFor(who, audience);
        const expires_in = Math.floor((expires.getTime() - Date.now()) / 1000);
        return {
            status: 200,
            body: { token_type: "Bearer", expires_in, ext_expires_in: expires_in, access_token: token },
        };
    } catch (fault) {
        return refused("invalid_client", fault instanceof Error ? fault.message : String(fault));
    }
}
