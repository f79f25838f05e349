import type { ZoneUse } from "../components/network/private-link-targets";
import type { StorageService } from "../components/storage/features";

/** Labels, images and predictions are blobs, shared folders of notebooks are files, work to be done is queued. */
export const workServices: readonly StorageService[] = ["blob", "file", "queue"];
export const recordServices: readonly StorageService[] = ["blob"];

/** What the foundation reaches by private names. */
export const zoneUses: readonly ZoneUse[] = [
    ...(["apiServer", "registry", "vault", "workspace", "metrics", "grafana"] as const),
    ...workServices,
];
