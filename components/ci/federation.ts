/** Who may act as an identity without a secret: whoever that issuer vouches for by that subject. */
export interface Federation {
    /** Name of the credential, 3 to 120 of letters, digits, "-" and "_". */
    name: string;
    issuer: string;
    subject: string;
}

export interface GithubRepository {
    organisation: string;
    repository: string;
}

export interface AzureDevOpsProject {
    organisation: string;
    /** GUID of the organisation, part of its issuer: https://dev.azure.com/ORGANISATION/_apis/connectionData shows it. */
    organisationId: string;
    project: string;
    /** Service connections, one for each identity. */
    connections: { preview: string; deploy: string };
}

const githubIssuer = "https://token.actions.githubusercontent.com";

/**
 * Pull requests of a repository, and nothing that could be merged code.
 * @see https://docs.github.com/actions/security-for-github-actions/security-hardening-your-deployments/about-security-hardening-with-openid-connect
 */
export const githubPullRequests = ({ organisation, repository }: GithubRepository): Federation => ({
    ...{ name: "github-pull-request", issuer: githubIssuer },
    subject: `repo:${organisation}/${repository}:pull_request`,
});

/** Jobs that have passed the protection of a GitHub environment, whatever branch they name. */
export const githubEnvironment = ({ organisation, repository }: GithubRepository, environment: string): Federation => ({
    ...{ name: `github-${environment}`, issuer: githubIssuer },
    subject: `repo:${organisation}/${repository}:environment:${environment}`,
});

/**
 * Pipelines that are allowed to use a service connection. Who may is set on the connection; approvals too.
 * @see https://learn.microsoft.com/azure/devops/pipelines/release/configure-workload-identity
 */
export const serviceConnection = (
    { organisation, organisationId, project, connections }: AzureDevOpsProject,
    use: keyof AzureDevOpsProject["connections"],
): Federation => ({
    name: `azure-devops-${use}`,
    issuer: `https://vstoken.dev.azure.com/${organisationId}`,
    subject: `sc://${organisation}/${project}/${connections[use]}`,
});

/** At most: https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations */
const mostCredentials = 20;

/** What is wrong with the credentials of one identity; empty when nothing is. */
export function federationFaults(field: string, federations: readonly Federation[]): string[] {
    const names = federations.map(({ name }) => name.toLowerCase());
    const pairs = federations.map(({ issuer, subject }) => `${issuer} ${subject}`);
    return [
        ...(federations.length > mostCredentials
            ? [`${field} must be at most ${mostCredentials} for one identity, got ${federations.length}`]
            : []),
        ...federations.flatMap(({ name, issuer, subject }, index) => {
            const checks: [boolean, string][] = [
                [
                    /^[A-Za-z0-9][A-Za-z0-9_-]{2,119}$/.test(name),
                    `name must be 3 to 120 of letters, digits, "-" and "_", got "${name}"`,
                ],
                [
                    names.indexOf(name.toLowerCase()) === index,
                    `name must be no other credential's, got "${name}" again`,
                ],
                [/^https:\/\/[^\s/]+\S*$/.test(issuer), `issuer must be an https address, got "${issuer}"`],
                [
                    subject.trim() !== "" && subject.length <= 600,
                    `subject must be 1 to 600 characters, got "${subject}"`,
                ],
                // Entra takes no pattern here; a star would be taken as a star, and nobody could sign in.
                [!subject.includes("*"), `subject must name one subject, got "${subject}"`],
                [
                    pairs.indexOf(`${issuer} ${subject}`) === index,
                    `issuer and subject must be no other credential's, got "${subject}" again`,
                ],
            ];
            return checks.filter(([holds]) => !holds).map(([, fault]) => `${field}: ${fault}`);
        }),
    ];
}
