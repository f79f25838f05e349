import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evictNode } from "../../cli/evict";
import { places } from "../../cli/places";

test("without a cluster, there is nothing to take away", async () => {
    const home = mkdtempSync(join(tmpdir(), "home-"));
    await expect(evictNode(places(home), "aks-spot")).rejects.toThrow("no cluster of the sandbox runs");
    rmSync(home, { recursive: true });
});
