import { copyFileSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import type { Places } from "../places";
import { sandboxFiles } from "../../sandbox/kubernetes/identity/places";
import { ordersOf, readFleet } from "../../stacks/team/fleet";
import { containerName } from "../../stacks/team/order";
import type { TeamOrder } from "../../stacks/team/order";
import { environments } from "../../stacks/tiers";
import { fetchModels } from "../models/models";
import type { Fetched, FetchedModel } from "../models/models";
import { outputsOf } from "../session";
import { withStack } from "../stack-run";
import type { Context } from "../stack-run";

/** A file, and the blob that it becomes: `ACCOUNT/CONTAINER/PATH`. */
export interface Upload {
    file: string;
    to: string;
}

/** Names of the accounts of an environment's storage: of models, and of the teams' data. */
export interface Accounts {
    records: string;
    work: string;
}

const patienceMs = 60_000;

/**
 * Puts into the sandbox's storage what is there before a team comes: models that its order names, by their digests, each with its
 * card, and pictures in the folders that its batches score. What a container waits for that is still to come is put there with it.
 */
export async function fillStorage(context: Context, environment: string, foundation: string): Promise<void> {
    const { at, terminal } = context;
    const found = environments.find((one) => one === environment);
    const orders = found === undefined ? [] : ordersOf(readFleet(at.root), found);
    if (orders.every(({ endpoints, batch }) => Object.keys({ ...endpoints, ...batch }).length === 0)) return;
    const fetched = await fetchModels({
        say: (text) => {
            terminal.step(text);
        },
    });
    await withStack(context, { command: "models push", stack: foundation }, async ({ session }) => {
        const { storage } = (await outputsOf(session)) as { storage: Record<keyof Accounts, { name: string }> };
        const accounts = { records: storage.records.name, work: storage.work.name };
        const uploads = orders.flatMap((order) => uploadsOf(order, fetched, accounts));
        for (const upload of uploads) layDown(at, upload);
        const models = uploads.filter(({ to }) => to.startsWith(`${accounts.records}/`));
        await taken(at, models);
        terminal.step(`${models.length} files of models are in ${accounts.records}, as teams' orders name them`);
    });
}

/** What the order's scorers load and score. A model that is none of those that come with the project is its team's to bring. */
export function uploadsOf(
    { team, endpoints, batch }: Pick<TeamOrder, "team" | "endpoints" | "batch">,
    { models, pictures }: Fetched,
    { records, work }: Accounts,
): Upload[] {
    const known: readonly FetchedModel[] = Object.values(models);
    const scorers = [...Object.values(endpoints), ...Object.values(batch)];
    const ofModels = scorers.flatMap(({ model: { path, sha256 } }) => {
        const model = known.find((one) => one.sha256 === sha256);
        if (!model) return [];
        return readdirSync(model.folder)
            .filter((name) => !name.endsWith(".tmp"))
            .map((name) => ({
                file: join(model.folder, name),
                to: `${records}/models/${join(dirname(path), name === basename(model.file) ? basename(path) : name)}`,
            }));
    });
    const ofBatches = Object.values(batch).flatMap(({ input }) =>
        Object.values(pictures).map((file) => ({
            file,
            to: `${work}/${containerName(team, input)}/${basename(file)}`,
        })),
    );
    return [...new Map([...ofModels, ...ofBatches].map((upload) => [upload.to, upload])).values()];
}

const uploadOf = ({ sandboxStore }: Pick<Places, "sandboxStore">, to: string): string =>
    join(sandboxFiles(dirname(sandboxStore)).uploads, to);

function layDown(at: Places, { file, to }: Upload): void {
    const place = uploadOf(at, to);
    mkdirSync(dirname(place), { recursive: true });
    copyFileSync(file, place);
}

/** Waits until they have been taken: what stands on them comes next. */
async function taken(at: Places, uploads: readonly Upload[]): Promise<void> {
    const deadline = Date.now() + patienceMs;
    while (uploads.some(({ to }) => existsSync(uploadOf(at, to)))) {
        if (Date.now() > deadline) throw new Error(`the sandbox's storage has not taken ${uploads[0]?.to ?? ""}`);
        await after(100);
    }
}
