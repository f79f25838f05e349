import { createServer } from "node:net";

/** Below the ports that systems give to whoever asks for any, so that nobody gets one of these by chance. */
const [lowest, highest] = [22_000, 31_999];

/** Ports of this machine's loopback that nobody listens on. `wanted` are taken where they are still free. */
export async function freePorts<Name extends string>(
    names: readonly Name[],
    wanted: Partial<Record<Name, number>> = {},
): Promise<Record<Name, number>> {
    const taken = new Set<number>();
    const found: [Name, number][] = [];
    for (const name of names) {
        let port = wanted[name] ?? anyPort();
        while (taken.has(port) || !(await isFree(port))) port = anyPort();
        taken.add(port);
        found.push([name, port]);
    }
    return Object.fromEntries(found) as Record<Name, number>;
}

const anyPort = (): number => lowest + Math.floor(Math.random() * (highest - lowest + 1));

function isFree(port: number): Promise<boolean> {
    return new Promise((resolve) => {
        const server = createServer();
        server.once("error", () => {
            resolve(false);
        });
        server.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
            server.close(() => {
                resolve(true);
            });
        });
    });
}
