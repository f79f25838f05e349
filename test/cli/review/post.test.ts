import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { postComments, type Forge } from "../../../cli/review/post";
import { markerOf } from "../../../review/comment/comment";

// Servers that answer as GitHub and Azure DevOps do, as far as comments go.

interface Comment {
    id: number;
    body: string;
}

class FakeForge {
    comments: Comment[] = [];
    /** Status and headers of the answers to come, before it works again. */
    refusals: { status: number; headers?: Record<string, string> }[] = [];
    readonly requests: string[] = [];
    private next = 1000;

    private constructor(private readonly server: Server) {}

    static async open(
        answer: (forge: FakeForge, method: string, url: URL, body: unknown) => unknown,
    ): Promise<FakeForge> {
        const server = createServer((request, response) => {
            void textOf(request).then((text) => {
                const method = request.method ?? "";
                const url = new URL(request.url ?? "", "http://forge");
                forge.requests.push(`${method} ${url.pathname} ${request.headers.authorization ?? ""}`);
                const refusal = forge.refusals.shift();
                if (refusal) {
                    response.writeHead(refusal.status, refusal.headers).end("not now");
                    return;
                }
                const told = answer(forge, method, url, text === "" ? undefined : JSON.parse(text));
                if (told === undefined) response.writeHead(204).end();
                else response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(told));
            });
        });
        const forge = new FakeForge(server);
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        return forge;
    }

    get address(): string {
        return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    }

    add(body: string): Comment {
        this.next += 1;
        const comment = { id: this.next, body };
        this.comments.push(comment);
        return comment;
    }

    edit(id: number, body: string): Comment {
        const comment = this.comments.find((each) => each.id === id);
        if (!comment) throw new Error(`no comment ${id}`);
        comment.body = body;
        return comment;
    }

    /** What is answered without a body. */
    remove(id: number): undefined {
        this.comments = this.comments.filter((each) => each.id !== id);
    }

    close(): Promise<void> {
        return new Promise((resolve) => {
            this.server.close(() => {
                resolve();
            });
        });
    }
}

async function textOf(request: IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString();
}

const gitHub = (): Promise<FakeForge> =>
    FakeForge.open((forge, method, url, body) => {
        const id = Number(/\/comments\/(\d+)$/.exec(url.pathname)?.[1]);
        const { body: text = "" } = (body ?? {}) as { body?: string };
        if (method === "POST") return forge.add(text);
        if (method === "PATCH") return forge.edit(id, text);
        if (method === "DELETE") {
            forge.remove(id);
            return;
        }
        const [size, page] = [Number(url.searchParams.get("per_page")), Number(url.searchParams.get("page"))];
        return forge.comments.slice((page - 1) * size, page * size);
    });

const azureDevOps = (): Promise<FakeForge> =>
    FakeForge.open((forge, method, url, body) => {
        const [, thread, comment] = /\/threads(?:\/(\d+))?(?:\/comments\/(\d+))?$/.exec(url.pathname) ?? [];
        if (method === "POST") {
            const { comments } = body as { comments: { content: string }[] };
            return forge.add(comments[0]?.content ?? "");
        }
        if (method === "PATCH")
            return comment === undefined ? {} : forge.edit(Number(thread), (body as { content: string }).content);
        if (method === "DELETE") {
            forge.remove(Number(thread));
            return;
        }
        return { value: forge.comments.map(({ id, body: content }) => ({ id, comments: [{ id: 1, content }] })) };
    });

const variablesOf = (kind: Forge, address: string): NodeJS.ProcessEnv =>
    kind === "github"
        ? { GITHUB_TOKEN: "token-4711", GITHUB_API_URL: address, GITHUB_REPOSITORY: "o/r", PULL_REQUEST: "7" }
        : {
              ...{ SYSTEM_ACCESSTOKEN: "token-4711", SYSTEM_COLLECTIONURI: `${address}/`, SYSTEM_TEAMPROJECT: "a b" },
              ...{ BUILD_REPOSITORY_ID: "r", SYSTEM_PULLREQUEST_PULLREQUESTID: "7" },
          };

const comment = (stack: string, part: number, text: string): string => `${markerOf(stack, part)}\n${text}`;

describe.each<[Forge, () => Promise<FakeForge>]>([
    ["github", gitHub],
    ["azure-devops", azureDevOps],
])("%s", (kind, open) => {
    let forge: FakeForge;
    beforeEach(async () => {
        forge = await open();
    });
    afterEach(() => forge.close());

    const post = (...comments: string[]): Promise<void> =>
        postComments(kind, "prod", comments, variablesOf(kind, forge.address));
    const bodies = (): string[] => forge.comments.map(({ body }) => body);

    test("a comment that is there is edited, among however many others; those of people and other stacks stay", async () => {
        const others = Array.from({ length: 250 }, (_, index) => `comment ${index}`);
        for (const other of [...others, comment("dev", 1, "dev"), comment("prod", 1, "old")]) forge.add(other);
        await post(comment("prod", 1, "new"));
        expect(bodies()).toEqual([...others, comment("dev", 1, "dev"), comment("prod", 1, "new")]);
    });

    test("parts come and go with what there is to tell", async () => {
        await post(comment("prod", 1, "a"), comment("prod", 2, "b"));
        expect(bodies()).toEqual([comment("prod", 1, "a"), comment("prod", 2, "b")]);
        await post(comment("prod", 1, "c"));
        expect(bodies()).toEqual([comment("prod", 1, "c")]);
    });

    test("what has not changed is left alone", async () => {
        await post(comment("prod", 1, "a"));
        const before = forge.requests.length;
        await post(comment("prod", 1, "a"));
        expect(forge.requests.slice(before).map((each) => each.split(" ")[0])).toEqual(["GET"]);
    });

    test("it waits for as long as it is told, and tries again", async () => {
        forge.refusals = [
            { status: 429, headers: { "Retry-After": "0" } },
            { status: 503, headers: { "Retry-After": "0" } },
        ];
        await post(comment("prod", 1, "a"));
        expect(bodies()).toEqual([comment("prod", 1, "a")]);
    });

    test("a refusal is told by its path and answer, without the token", async () => {
        forge.refusals = [{ status: 403 }];
        const fault = await post(comment("prod", 1, "a")).catch((caught: unknown) => String(caught));
        expect(fault).toMatch(/GET \/.* was answered with HTTP 403: not now/);
        expect(fault).not.toContain("token-4711");
        expect(forge.requests[0]).toContain("Bearer token-4711");
    });

    test.each(["token-\n4711", "token–4711"])(
        "a token that cannot be one is refused, and not told: %j",
        async (token) => {
            const names = ["GITHUB_TOKEN", "SYSTEM_ACCESSTOKEN"];
            const variables = Object.entries(variablesOf(kind, forge.address)).map(([name, value]) =>
                names.includes(name) ? [name, token] : [name, value],
            );
            const all = Object.fromEntries(variables) as NodeJS.ProcessEnv;
            const fault = await postComments(kind, "prod", [], all).catch((caught: unknown) => String(caught));
            expect(fault).toContain("the token must be one line of plain characters");
            expect(fault).not.toContain("4711");
        },
    );

    test("a forge that does not answer is named, with the reason", async () => {
        const { address } = forge;
        await forge.close();
        const fault = await postComments(kind, "prod", [], variablesOf(kind, address)).catch(String);
        expect(fault).toMatch(/127\.0\.0\.1:\d+ could not be asked: ECONNREFUSED/);
        forge = await open();
    });

    test("all missing variables are named at once", async () => {
        const names = Object.keys(variablesOf(kind, ""));
        const fault = await postComments(kind, "prod", [], {}).catch((caught: unknown) => String(caught));
        for (const name of names) expect(fault).toContain(name);
    });
});
