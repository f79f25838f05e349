import type { AppSignIn } from "./sign-in";

/**
 * Configuration of the hub, as it reads it: people sign in with Entra ID, and the hub proves itself to Entra by the cluster's
 * word for its service account. There is no client secret that could leak or expire. OAuthenticator has no setting for it
 * (17.4), but a method that subclasses may override; a refresh of tokens is never asked for, so the one request is enough.
 * @see https://learn.microsoft.com/entra/identity-platform/certificate-credentials
 */
export const hubSignIn = `import os
from oauthenticator.azuread import AzureAdOAuthenticator


class FederatedSignIn(AzureAdOAuthenticator):
    def build_access_tokens_request_params(self, handler, data=None):
        params = super().build_access_tokens_request_params(handler, data)
        params.pop("client_secret", None)
        # AKS writes a new one well before the last one ends.
        with open(os.environ["AZURE_FEDERATED_TOKEN_FILE"]) as file:
            params["client_assertion"] = file.read().strip()
        params["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        return params


c.JupyterHub.authenticator_class = FederatedSignIn
`;

/** What the authenticator is told. @see https://oauthenticator.readthedocs.io/en/latest/reference/api/gen/oauthenticator.azuread.html */
export interface SignIn extends AppSignIn {
    tenantId: string;
    /** Object ids of groups whose members may also stop the notebooks of others. @default - none */
    adminGroups?: readonly string[];
}

export function authenticatorConfig({ tenantId, clientId, host, groups, adminGroups = [] }: SignIn): object {
    const entra = `https://login.microsoftonline.com/${tenantId}/oauth2/v2.0`;
    return {
        ...{ tenant_id: tenantId, client_id: clientId, oauth_callback_url: `https://${host}/hub/oauth_callback` },
        ...{ authorize_url: `${entra}/authorize`, token_url: `${entra}/token`, scope: ["openid", "profile"] },
        // Never changes and is never given again: a home belongs to a person, not to a name.
        username_claim: "oid",
        manage_groups: true,
        allowed_groups: [...groups],
        admin_groups: [...adminGroups],
        // No tokens of people are kept, so there is nothing to refresh.
        enable_auth_state: false,
        auth_refresh_age: 0,
    };
}
