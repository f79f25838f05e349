import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import sharp from "../images/scoring/node_modules/sharp";
import { fetchModels } from "../cli/models/models";
import { places } from "../cli/places";
import { bareLoop } from "./batch/bare-loop";
import { writeBrightest } from "./batch/brightest";
import { runBatch } from "./batch/scorer";
import { modelAt } from "./parts/model-environment";
import { median, rounded } from "./parts/statistics";

// What a batch costs beside its pictures: pictures a second from files to CSV and Parquet, start and end counted in, against loops
// that read and decode the same pictures and run the same detector, and against its inference alone. And what it holds as inputs
// become more: small ones and a model that takes no time, so that many are through soon.
//
//   npm run bench -- batch                     3 rounds of 1000 pictures; memory with 1,000, 10,000 and 100,000
//   npm run bench -- batch 1 100 1000,10000    1 round of 100; memory with these

const rounds = Number(process.argv[2] ?? 3);
const pictures = Number(process.argv[3] ?? 1000);
const sizes = (process.argv[4] ?? "1000,10000,100000").split(",").map(Number);
const bareSeconds = 6;

async function main(): Promise<void> {
    if (![rounds, pictures, ...sizes].every((one) => Number.isInteger(one) && one > 0))
        throw new Error("usage: npm run bench -- batch [ROUNDS] [PICTURES] [SIZES, such as 1000,10000]");
    const { root } = places();
    const build = join(root, ".mlplatform", "build");
    const fetched = await fetchModels();
    const folder = mkdtempSync(join(tmpdir(), "mlplatform-batch-"));
    const uri = (name: string): string => pathToFileURL(join(folder, name)).href;
    // What cameras write.
    const photos = Object.values(fetched.pictures).filter((file) => file.endsWith(".jpg"));
    const { coco } = fetched.models;
    const loop = { root, model: coco.file, pictures: photos, seconds: bareSeconds };
    const cores = availableParallelism();
    try {
        fill(join(folder, "photos"), photos, pictures);
        const found: { batch: number; bare: number; inference: number }[] = [];
        for (let round = 1; round <= rounds; round++) {
            const bare = await bareLoop({ ...loop, decodes: true }, cores);
            const { seconds, inputs } = await runBatch(build, {
                ...modelAt(coco.file),
                ...{ MODEL_FOLDER: join(folder, "kept"), INPUT_URI: uri("photos"), OUTPUT_URI: uri(`out-${round}`) },
            });
            const inference = await bareLoop({ ...loop, decodes: false }, cores);
            const batch = inputs / seconds;
            found.push({ batch, bare, inference });
            process.stdout.write(
                `round ${round}: batch ${batch.toFixed(1)} pictures a second (${inputs} in ${seconds.toFixed(1)} s), ` +
                    `loops ${bare.toFixed(1)}, inference alone ${inference.toFixed(1)}\n`,
            );
        }
        const middle = (figure: (one: (typeof found)[number]) => number): number => median(found.map(figure));
        const memory = await memoryBySize(build, folder);
        const last = memory.at(-1);
        const ratio = middle(({ batch, bare }) => batch / bare);
        const inferenceRatio = middle(({ batch, inference }) => batch / inference);
        const figures = {
            ...{ bench: "batch", rounds, pictures },
            ...{ ratio: rounded(ratio, 3), inferenceRatio: rounded(inferenceRatio, 3) },
            picturesPerSecond: rounded(middle(({ batch }) => batch)),
            megabytes: Object.fromEntries(memory.map(({ inputs, peakMegabytes }) => [inputs, peakMegabytes])),
            memoryRatio: rounded((last?.peakMegabytes ?? NaN) / (memory[0]?.peakMegabytes ?? NaN), 2),
        };
        process.stdout.write(`${JSON.stringify(figures)}\n`);
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

async function memoryBySize(build: string, folder: string): Promise<{ inputs: number; peakMegabytes: number }[]> {
    const model = writeBrightest(join(folder, "brightest"));
    const picture = join(folder, "small.png");
    const background = { r: 200, g: 90, b: 30 };
    const blank = { create: { width: 16, height: 16, channels: 3 as const, background } };
    await sharp(blank).png().toFile(picture);
    const found: { inputs: number; peakMegabytes: number }[] = [];
    for (const size of sizes) {
        const input = join(folder, `in-${size}`);
        fill(input, [picture], size);
        const { inputs, seconds, peakMegabytes } = await runBatch(build, {
            ...modelAt(model),
            ...{ MODEL_FOLDER: join(folder, "kept") },
            ...{ INPUT_URI: pathToFileURL(input).href, OUTPUT_URI: pathToFileURL(`${input}-out`).href },
        });
        process.stdout.write(`${inputs} inputs: ${peakMegabytes} MB at the most, in ${seconds.toFixed(0)} s\n`);
        found.push({ inputs, peakMegabytes });
    }
    return found;
}

/** The same pictures under many names, a thousand in a folder. Copies: a file may have no more than 65,000 names. */
function fill(folder: string, files: readonly string[], count: number): void {
    for (let index = 0; index < count; index++) {
        const below = join(folder, String(Math.floor(index / 1000)).padStart(4, "0"));
        if (index % 1000 === 0) mkdirSync(below, { recursive: true });
        const file = files[index % files.length] ?? "";
        copyFileSync(file, join(below, `${String(index).padStart(7, "0")}${extname(file)}`));
    }
}

main().catch((fault: unknown) => {
    process.stderr.write(`${fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)}\n`);
    process.exitCode = 1;
});
