import { isOf, markerOf } from "../../review/comment/comment";
import { UserError } from "../user-error";

/** Where comments go: a pull request of one of them. */
export const forges = ["github", "azure-devops"] as const;
export type Forge = (typeof forges)[number];

/** A comment that is there. */
interface Posted {
    id: string;
    body: string;
}

/** What posting needs of a pull request. */
interface PullRequest {
    /** All comments, of all pages. */
    list: () => Promise<Posted[]>;
    create: (body: string) => Promise<void>;
    update: (id: string, body: string) => Promise<void>;
    remove: (id: string) => Promise<void>;
}

/**
 * Puts a review's comments to the pull request that the job is for: those of the same stack are edited, what is missing is
 * added, and what is too many goes.
 * @throws UserError with the variables that are missing, all at once, or with what the forge answered; a token is in neither
 */
export async function postComments(
    forge: Forge,
    stack: string,
    comments: readonly string[],
    variables: NodeJS.ProcessEnv,
): Promise<void> {
    const pullRequest = forge === "github" ? gitHub(variables) : azureDevOps(variables);
    const there = (await pullRequest.list()).filter(({ body }) => isOf(stack, body));
    const marked = comments.map((body, index) => ({ marker: markerOf(stack, index + 1), body }));
    for (const { marker, body } of marked) {
        const own = there.find((each) => each.body.startsWith(marker));
        if (own === undefined) await pullRequest.create(body);
        else if (own.body !== body) await pullRequest.update(own.id, body);
    }
    for (const { id, body } of there)
        if (!marked.some(({ marker }) => body.startsWith(marker))) await pullRequest.remove(id);
}

/** @see https://docs.github.com/rest/issues/comments */
function gitHub(variables: NodeJS.ProcessEnv): PullRequest {
    const { GITHUB_TOKEN, GITHUB_API_URL, GITHUB_REPOSITORY, PULL_REQUEST } = needed(variables, {
        GITHUB_TOKEN: "token with pull-requests: write",
        GITHUB_API_URL: "address of the API",
        GITHUB_REPOSITORY: "OWNER/NAME",
        PULL_REQUEST: "number of the pull request",
    });
    const comments = `${GITHUB_API_URL}/repos/${GITHUB_REPOSITORY}/issues`;
    const ask = (method: string, address: string, body?: object): Promise<Answer> =>
        request(
            method,
            address,
            { Authorization: `Bearer ${GITHUB_TOKEN}`, Accept: "application/vnd.github+json" },
            body,
        );
    return {
        list: async () => {
            const found: Posted[] = [];
            for (let page = 1; ; page += 1) {
                const { json } = await ask("GET", `${comments}/${PULL_REQUEST}/comments?per_page=100&page=${page}`);
                const some = json as { id: number; body?: string }[];
                found.push(...some.map(({ id, body }) => ({ id: String(id), body: body ?? "" })));
                if (some.length < 100) return found;
            }
        },
        create: async (body) => {
            await ask("POST", `${comments}/${PULL_REQUEST}/comments`, { body });
        },
        update: async (id, body) => {
            await ask("PATCH", `${comments}/comments/${id}`, { body });
        },
        remove: async (id) => {
            await ask("DELETE", `${comments}/comments/${id}`);
        },
    };
}

/** Azure DevOps shows a thread until somebody resolves it: active, as people are to look. */
const active = 1;

/** @see https://learn.microsoft.com/rest/api/azure/devops/git/pull-request-threads */
function azureDevOps(variables: NodeJS.ProcessEnv): PullRequest {
    const known = needed(variables, {
        SYSTEM_ACCESSTOKEN: "token of the job",
        SYSTEM_COLLECTIONURI: "address of the organisation",
        SYSTEM_TEAMPROJECT: "project",
        BUILD_REPOSITORY_ID: "repository",
        SYSTEM_PULLREQUEST_PULLREQUESTID: "number of the pull request",
    });
    const project = `${known.SYSTEM_COLLECTIONURI}${encodeURIComponent(known.SYSTEM_TEAMPROJECT)}`;
    const repository = `${project}/_apis/git/repositories/${known.BUILD_REPOSITORY_ID}`;
    const threads = `${repository}/pullRequests/${known.SYSTEM_PULLREQUEST_PULLREQUESTID}/threads`;
    const ask = (method: string, path: string, body?: object): Promise<Answer> =>
        request(
            method,
            `${threads}${path}?api-version=7.1`,
            { Authorization: `Bearer ${known.SYSTEM_ACCESSTOKEN}` },
            body,
        );
    return {
        // It has no pages: all threads come at once.
        list: async () => {
            const { json } = await ask("GET", "");
            const { value } = json as {
                value: { id: number; comments?: { id: number; content?: string; isDeleted?: boolean }[] }[];
            };
            return value.flatMap(({ id, comments = [] }) =>
                comments
                    .slice(0, 1)
                    .filter(({ isDeleted }) => isDeleted !== true)
                    .map((comment) => ({ id: `${id}/comments/${comment.id}`, body: comment.content ?? "" })),
            );
        },
        create: async (content) => {
            await ask("POST", "", { comments: [{ content, commentType: 1 }], status: active });
        },
        update: async (id, content) => {
            await ask("PATCH", `/${id}`, { content });
            await ask("PATCH", `/${id.split("/")[0] ?? ""}`, { status: active });
        },
        remove: async (id) => {
            await ask("DELETE", `/${id}`);
        },
    };
}

function needed<Name extends string>(variables: NodeJS.ProcessEnv, names: Record<Name, string>): Record<Name, string> {
    const all = Object.entries<string>(names);
    const missing = all.filter(([name]) => (variables[name] ?? "") === "");
    if (missing.length > 0)
        throw new UserError(`to post a comment, set ${missing.map(([name, what]) => `${name} (${what})`).join(", ")}`);
    return Object.fromEntries(all.map(([name]) => [name, variables[name] ?? ""])) as Record<Name, string>;
}

interface Answer {
    json: unknown;
}

/** Tries of a request that the forge turns away for now. */
const tries = 5;
const longestWaitSeconds = 60;

async function request(
    method: string,
    address: string,
    headers: Record<string, string>,
    body?: object,
): Promise<Answer> {
    if (!/^[\x20-\x7e]*$/.test(headers.Authorization?.trim() ?? ""))
        throw new UserError("the token must be one line of plain characters");
    for (let attempt = 1; ; attempt += 1) {
        const answer = await fetch(address, {
            method,
            headers: { ...headers, ...(body && { "Content-Type": "application/json" }) },
            ...(body && { body: JSON.stringify(body) }),
            signal: AbortSignal.timeout(30_000),
        }).catch((fault: unknown): never => {
            // The fault's own message quotes headers that it does not take, and with them the token.
            const { name, cause } = fault as { name: string; cause?: { code?: string } };
            throw new UserError(`${new URL(address).host} could not be asked: ${cause?.code ?? name}`);
        });
        if (answer.ok) return { json: answer.status === 204 ? undefined : await answer.json() };
        const passes = answer.status === 429 || answer.status >= 500 || answer.headers.has("Retry-After");
        if (!passes || attempt === tries) {
            const { pathname } = new URL(address);
            const said = (await answer.text()).slice(0, 300);
            throw new UserError(`${method} ${pathname} was answered with HTTP ${answer.status}: ${said}`);
        }
        const asked = Number(answer.headers.get("Retry-After") ?? 2 ** (attempt - 1));
        const seconds = Number.isFinite(asked) ? Math.min(asked, longestWaitSeconds) : 1;
        await new Promise((resume) => setTimeout(resume, seconds * 1000));
    }
}
