import { writeFileSync } from "node:fs";
import { stringify } from "yaml";
import { authorizePath, discoveryPath } from "../identity/server";
import { aksServerApplicationId, entraIssuer } from "../identity/tokens";
import type { Plan } from "./programs";
import { clusterFiles } from "./settings";

/**
 * Writes down for the API server whose tokens it takes and whom it asks, as on AKS with Entra ID and Azure RBAC: names are
 * object ids, and whoever the cluster's own roles do not let is let by Azure's role assignments.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#using-authentication-configuration
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authorization/#using-configuration-file-for-authorization
 */
export function writeEntraConfiguration({ folder, ports, pki }: Plan, tenantId: string): void {
    const files = clusterFiles(folder);
    const server = `https://127.0.0.1:${ports.identity}`;
    const write = (file: string, content: object): void => {
        writeFileSync(file, stringify(content));
    };
    write(files.authentication, {
        apiVersion: "apiserver.config.k8s.io/v1",
        kind: "AuthenticationConfiguration",
        jwt: [
            {
                issuer: {
                    url: entraIssuer(tenantId),
                    discoveryURL: server + discoveryPath,
                    certificateAuthority: pki.text("ca.crt"),
                    audiences: [aksServerApplicationId],
                },
                claimMappings: {
                    username: { claim: "oid", prefix: "" },
                    groups: { claim: "groups", prefix: "" },
                },
            },
        ],
    });
    write(files.authorization, {
        apiVersion: "apiserver.config.k8s.io/v1",
        kind: "AuthorizationConfiguration",
        authorizers: [
            { type: "Node", name: "node" },
            { type: "RBAC", name: "rbac" },
            {
                type: "Webhook",
                name: "azure",
                webhook: {
                    authorizedTTL: "1s",
                    unauthorizedTTL: "1s",
                    timeout: "5s",
                    subjectAccessReviewVersion: "v1",
                    matchConditionSubjectAccessReviewVersion: "v1",
                    failurePolicy: "NoOpinion",
                    connectionInfo: { type: "KubeConfigFile", kubeConfigFile: files.webhookKubeconfig },
                    // Azure knows none of the cluster's own.
                    matchConditions: [{ expression: "!request.user.startsWith('system:')" }],
                },
            },
        ],
    });
    write(files.webhookKubeconfig, {
        apiVersion: "v1",
        kind: "Config",
        clusters: [
            {
                name: "azure",
                cluster: { server: server + authorizePath, "certificate-authority": pki.pair("ca").certificate },
            },
        ],
        users: [{ name: "api-server", user: {} }],
        contexts: [{ name: "azure", context: { cluster: "azure", user: "api-server" } }],
        "current-context": "azure",
    });
}
