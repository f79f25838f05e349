import { request, type IncomingMessage } from "node:http";
import { existsSync } from "node:fs";
import type { Readable } from "node:stream";

/** Where a Docker engine listens. */
type Address = { socketPath: string } | { host: string; port: number };

/** What the engine said that is not 2xx, or in the middle of its answer. */
export class EngineError extends Error {
    constructor(message: string) {
        super(message);
        this.name = "EngineError";
    }
}

/** Engine API that Docker 20.10 and all later ones speak: https://docs.docker.com/reference/api/engine/version/v1.41/ */
const version = "v1.41";

/** A Docker engine of this machine, over its API. */
export class Engine {
    private constructor(
        private readonly address: Address,
        /** As `DOCKER_HOST` has it. */
        readonly name: string,
    ) {}

    /**
     * The engine that `DOCKER_HOST` names, or that listens where engines do.
     * @returns nothing when none answers
     */
    static async find(environment: NodeJS.ProcessEnv = process.env): Promise<Engine | undefined> {
        const name = environment.DOCKER_HOST ?? "";
        const address = addressOf(name === "" ? "unix:///var/run/docker.sock" : name);
        if (address === undefined || ("socketPath" in address && !existsSync(address.socketPath))) return undefined;
        const engine = new Engine(address, name);
        try {
            await engine.text(await engine.send("GET", "/_ping", { seconds: 5 }));
            return engine;
        } catch {
            return undefined;
        }
    }

    /** Builds an image of a context as a tar. @returns its id @throws EngineError with the step that failed */
    async build(
        context: Readable,
        { args, dockerfile, tag }: { args: Readonly<Record<string, string>>; dockerfile: string; tag: string },
    ): Promise<string> {
        const query = new URLSearchParams({
            ...{ t: tag, dockerfile, buildargs: JSON.stringify(args), rm: "1", forcerm: "1" },
            // The machine's own: an engine without a bridge has no other.
            networkmode: "host",
        });
        const answer = await this.send("POST", `/build?${query.toString()}`, {
            body: context,
            type: "application/x-tar",
        });
        await this.progress(answer);
        return await this.idOf(tag);
    }

    /** Id of an image that the engine has. @throws EngineError when it has none of that name */
    async idOf(name: string): Promise<string> {
        const answer = await this.text(await this.send("GET", `/images/${name}/json`));
        return (JSON.parse(answer) as { Id: string }).Id;
    }

    async has(name: string): Promise<boolean> {
        return await this.idOf(name).then(
            () => true,
            () => false,
        );
    }

    /** The image as `docker save` writes it. */
    async save(name: string): Promise<Readable> {
        return await this.ok(await this.send("GET", `/images/${name}/get`));
    }

    /** Gives an image another name. */
    async tag(name: string, repository: string, tag: string): Promise<void> {
        const query = new URLSearchParams({ repo: repository, tag });
        await this.text(await this.send("POST", `/images/${name}/tag?${query.toString()}`));
    }

    /** Pushes a tag to a registry that asks for no sign-in. */
    async push(repository: string, tag: string): Promise<void> {
        const path = `/images/${repository}/push?${new URLSearchParams({ tag }).toString()}`;
        await this.progress(await this.send("POST", path, { headers: { "X-Registry-Auth": "e30=" } }));
    }

    private send(
        method: string,
        path: string,
        {
            body,
            type,
            seconds,
            headers = {},
        }: { body?: Readable; type?: string; seconds?: number; headers?: Record<string, string> } = {},
    ): Promise<IncomingMessage> {
        return new Promise((resolve, reject) => {
            const sent = request(
                {
                    ...this.address,
                    ...{ method, path: path === "/_ping" ? path : `/${version}${path}` },
                    headers: { Host: "docker", ...headers, ...(type !== undefined && { "Content-Type": type }) },
                    ...(seconds !== undefined && { timeout: seconds * 1000 }),
                },
                resolve,
            );
            sent.on("error", reject);
            // Node's agent tells of silence by itself, too, and a step of a build may be silent for minutes.
            if (seconds !== undefined)
                sent.on("timeout", () => sent.destroy(new EngineError("the engine does not answer")));
            if (body) body.on("error", reject).pipe(sent);
            else sent.end();
        });
    }

    private async ok(answer: IncomingMessage): Promise<IncomingMessage> {
        const status = answer.statusCode ?? 0;
        if (status >= 200 && status < 300) return answer;
        throw new EngineError(messageIn(await collected(answer)));
    }

    private async text(answer: IncomingMessage): Promise<string> {
        return await collected(await this.ok(answer));
    }

    /** Follows what the engine tells line by line, with its faults in the middle. */
    private async progress(answer: IncomingMessage): Promise<void> {
        const lines = (await this.text(answer)).split("\n").filter((line) => line.trim() !== "");
        const said = lines.map((line) => JSON.parse(line) as { stream?: string; error?: string });
        const fault = said.find(({ error }) => error !== undefined)?.error;
        if (fault === undefined) return;
        const last = said.map(({ stream }) => stream?.trim() ?? "").filter((line) => line !== "");
        throw new EngineError([...last.slice(-6), fault].join("\n"));
    }
}

function addressOf(name: string): Address | undefined {
    const [, socketPath] = /^unix:\/\/(\/.+)$/.exec(name) ?? [];
    if (socketPath !== undefined) return { socketPath };
    const [, host, port] = /^tcp:\/\/([^:/]+):(\d+)\/?$/.exec(name) ?? [];
    return host === undefined ? undefined : { host, port: Number(port) };
}

async function collected(answer: IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString("utf8");
}

function messageIn(text: string): string {
    try {
        return (JSON.parse(text) as { message?: string }).message ?? text;
    } catch {
        return text;
    }
}
