import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";

/** Where the sandbox keeps its clusters and its directory, below a folder of its own. */
export function sandboxFiles(folder: string) {
    const clusters = join(folder, "clusters");
    return {
        clusters,
        clusterOf: (name: string): string => join(clusters, name),
        /** Folder of every cluster that is kept. */
        allClusters: (): string[] =>
            existsSync(clusters) ? readdirSync(clusters).map((name) => join(clusters, name)) : [],
        /** Key of the sandbox's Entra ID. Whoever can read it is signed in to the sandbox. */
        entra: join(folder, "entra"),
        /** What lies in storage accounts, as far as the pods of that cluster reach it. */
        storageOf: (clusterFolder: string): string => join(folder, "storage", basename(clusterFolder)),
        /** What is to be put into containers as soon as they are there: `ACCOUNT/CONTAINER/PATH`. */
        uploads: join(folder, "uploads"),
        /** Folder with the sandbox's `kubelogin`, for the search path. */
        bin: join(folder, "bin"),
    };
}
