import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";

/** Where Debian has it. */
const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The browser of this machine; undefined where there is none. */
export const chromium = places.find((place) => existsSync(place));

/** A page in a browser without a window. */
export interface Page {
    /** Value of an expression in the page. */
    evaluate: <T>(expression: string) => Promise<T>;
    /** Waits until the expression is true. */
    until: (expression: string) => Promise<void>;
    /** Chooses a file, as a person does. */
    choose: (selector: string, file: string) => Promise<void>;
    /** A PNG of what is seen. */
    screenshot: () => Promise<Buffer>;
    /** Addresses that it has asked for. */
    asked: string[];
    /** Faults that it has reported. */
    faults: string[];
    close: () => Promise<void>;
}

interface Message {
    id?: number;
    sessionId?: string;
    method?: string;
    params?: Record<string, unknown>;
    result?: Record<string, unknown>;
    error?: { message: string };
}

/** Opens an address by the DevTools protocol. @see https://chromedevtools.github.io/devtools-protocol/ */
export async function openPage(browser: string, address: string): Promise<Page> {
    const profile = mkdtempSync(join(tmpdir(), "mlplatform-chromium-"));
    const flags = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--window-size=900,900",
    ];
    const child = spawn(browser, [...flags, "--remote-debugging-port=0", `--user-data-dir=${profile}`, "about:blank"], {
        stdio: ["ignore", "ignore", "pipe"],
        // A group of its own: its helpers must end with it, as they write into its profile.
        detached: true,
    });
    const listening = await new Promise<string>((resolve, reject) => {
        let said = "";
        child.stderr.on("data", (data: Buffer) => {
            said += data.toString();
            const [found] = /ws:\/\/\S+/.exec(said) ?? [];
            if (found !== undefined) resolve(found);
        });
        child.once("exit", () => {
            reject(new Error(`the browser ended: ${said}`));
        });
    });
    const socket = new WebSocket(listening);
    await new Promise((resolve, reject) => {
        socket.onopen = resolve;
        socket.onerror = reject;
    });
    const waiting = new Map<number, (message: Message) => void>();
    const [asked, faults]: [string[], string[]] = [[], []];
    let session = "";
    let last = 0;
    const heard = ({ method, params = {} }: Message): void => {
        if (method === "Network.requestWillBeSent") asked.push((params.request as { url: string }).url);
        if (method === "Runtime.exceptionThrown" || method === "Log.entryAdded") faults.push(JSON.stringify(params));
    };
    socket.onmessage = ({ data }: { data: unknown }) => {
        const message = JSON.parse(String(data)) as Message;
        if (message.id === undefined) heard(message);
        else waiting.get(message.id)?.(message);
    };
    const send = (method: string, params: object = {}): Promise<Record<string, unknown>> =>
        new Promise((resolve, reject) => {
            last += 1;
            waiting.set(last, ({ result = {}, error }) => {
                if (error) reject(new Error(`${method}: ${error.message}`));
                else resolve(result);
            });
            socket.send(JSON.stringify({ id: last, method, params, ...(session !== "" && { sessionId: session }) }));
        });
    const { targetId } = await send("Target.createTarget", { url: "about:blank" });
    const attached = (await send("Target.attachToTarget", { targetId, flatten: true })) as { sessionId: string };
    session = attached.sessionId;
    for (const domain of ["Page", "Runtime", "Network", "Log", "DOM"]) await send(`${domain}.enable`);
    await send("Page.navigate", { url: address });
    const evaluate = async <T>(expression: string): Promise<T> => {
        const { result } = await send("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
        return (result as { value: T }).value;
    };
    const until = async (expression: string): Promise<void> => {
        for (let tries = 0; tries < 300; tries += 1) {
            if (await evaluate<boolean>(expression)) return;
            await after(100);
        }
        throw new Error(`never true: ${expression}; ${faults.join("; ")}`);
    };
    await until(`document.readyState === "complete" && location.href !== "about:blank"`);
    return {
        ...{ evaluate, until, asked, faults },
        choose: async (selector, file) => {
            const { root } = (await send("DOM.getDocument")) as { root: { nodeId: number } };
            const { nodeId } = await send("DOM.querySelector", { nodeId: root.nodeId, selector });
            await send("DOM.setFileInputFiles", { nodeId, files: [file] });
        },
        screenshot: async () => {
            const { data } = (await send("Page.captureScreenshot")) as { data: string };
            return Buffer.from(data, "base64");
        },
        close: async () => {
            const ended = new Promise((resolve) => child.once("exit", resolve));
            socket.close();
            if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
            await ended;
            rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
        },
    };
}
