import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as after } from "node:timers/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import { readFacts } from "../../sandbox/kubernetes/azure-facts";
import { runningControlPlane } from "../../sandbox/kubernetes/control-plane/control-plane";
import type { ControlPlane } from "../../sandbox/kubernetes/control-plane/control-plane";
import { clusterFiles } from "../../sandbox/kubernetes/control-plane/settings";
import { sandboxFiles } from "../../sandbox/kubernetes/identity/places";
import { ordersOf, readFleet } from "../../stacks/team/fleet";
import { environments } from "../../stacks/tiers";
import { fetchModels } from "../models/models";
import type { Places } from "../places";
import type { Context } from "../stack-run";
import { table } from "../table";
import { UserError } from "../user-error";
import { boxesSvg, predictionRows } from "./boxes";
import type { Prediction } from "./boxes";

/** What the scorer answers to `POST /score`. */
interface Answer {
    model: { name: string; version: string; sha256: string };
    pictures: readonly {
        width?: number;
        height?: number;
        predictions: readonly Prediction[];
        error?: { message: string };
    }[];
}

/** Where an environment's endpoints answer on this machine: the address of each, by its name. */
export function endpointsOf(at: Places, environment: string): Record<string, string> {
    const known = environments.find((one) => one === environment);
    const plane = known && planeOf(at, known);
    if (!known || !plane) return {};
    const names = ordersOf(readFleet(at.root), known).flatMap(({ endpoints }) => Object.keys(endpoints));
    return Object.fromEntries(names.map((name) => [name, `http://127.0.0.1:${plane.gatewayPort}/${name}`]));
}

/** The running control plane of the environment's cluster, which its tags tell. */
function planeOf(at: Places, environment: string): ControlPlane | undefined {
    const folders = sandboxFiles(dirname(at.sandboxStore)).allClusters();
    const own = folders.filter(
        (folder) => readFacts(clusterFiles(folder).azure)?.cluster.tags.environment === environment,
    );
    return own.flatMap((folder) => runningControlPlane(folder) ?? [])[0];
}

const readyPatienceMs = 60_000;
const readyLookMs = 250;

export interface ScoreOptions {
    /** Path of a picture. @default one that comes with the project */
    picture?: string;
    /** @default the first of the teams' orders */
    endpoint?: string;
    /** File of the PNG. @default in the sandbox's home, below `scored` */
    out?: string;
}

/**
 * Asks an endpoint of the sandbox what is in a picture, prints it, and draws the boxes into a PNG.
 * @throws UserError where no endpoint answers, or it refuses the picture.
 */
export async function score({ at, terminal }: Context, environment: string, options: ScoreOptions): Promise<void> {
    const endpoints = endpointsOf(at, environment);
    const [first] = Object.keys(endpoints);
    if (first === undefined)
        throw new UserError(`no endpoint of ${environment} runs here: \`npm start\` brings one up`);
    const { endpoint: name = first, picture, out } = options;
    const address = endpoints[name];
    if (address === undefined)
        throw new UserError(`--endpoint must be one of ${Object.keys(endpoints).join(", ")}, got "${name}"`);
    const file = picture === undefined ? (await fetchModels()).pictures["coffee.png"] : resolve(picture);
    if (!existsSync(file)) throw new UserError(`there is no picture ${file}`);
    const content = readFileSync(file);
    await ready(address);
    const began = performance.now();
    const { model, pictures } = await asked(`${address}/score`, content);
    const [{ width = 0, height = 0, predictions, error } = { predictions: [] }] = pictures;
    if (error) throw new UserError(`${basename(file)}: ${error.message}`);
    terminal.step(
        `${basename(file)}, ${width} x ${height}, by ${name}: model ${model.name} ${model.version}, sha256 ${model.sha256.slice(0, 12)}, in ${Math.round(performance.now() - began)} ms`,
    );
    for (const line of table(predictionRows(predictions))) terminal.line(line);
    if (predictions.length === 0) terminal.line("  nothing that the model is sure of");
    const drawn = resolve(out ?? join(at.home, "scored", `${basename(file, extname(file))}.png`));
    await draw(content, boxesSvg(width, height, predictions), drawn);
    terminal.line(`drawn into ${drawn}`);
}

/** Waits for a pod that has just been started: with the sandbox, after a stop of the machine. */
async function ready(address: string): Promise<void> {
    const deadline = Date.now() + readyPatienceMs;
    while (Date.now() < deadline) {
        const status = await fetch(`${address}/v2/health/ready`).then(
            (answer) => answer.status,
            () => 0,
        );
        if (status === 200) return;
        await after(readyLookMs);
    }
}

async function asked(address: string, body: Buffer): Promise<Answer> {
    const answer = await fetch(address, {
        ...{ method: "POST", body: new Uint8Array(body) },
        headers: { "content-type": "application/octet-stream", accept: "application/json" },
    }).catch((fault: unknown) => {
        throw new UserError(`${address} does not answer: ${fault instanceof Error ? fault.message : String(fault)}`);
    });
    if (answer.ok) return (await answer.json()) as Answer;
    throw new UserError(`${address} answered ${answer.status}: ${(await answer.text()).slice(0, 300)}`);
}

/** Lays the boxes over the picture, turned as its camera says, as the scorer sees it. */
async function draw(picture: Buffer, overlay: string, out: string): Promise<void> {
    // The scorer's own packages: the project itself reads no pictures.
    const { default: sharp } = await import("../../images/scoring/node_modules/sharp");
    const png = await sharp(picture)
        .rotate()
        .composite([{ input: Buffer.from(overlay) }])
        .png()
        .toBuffer();
    mkdirSync(dirname(out), { recursive: true });
    writeFileSync(out, png);
}
