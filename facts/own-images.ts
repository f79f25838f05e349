/**
 * Images of our own that the services stack runs, by the name that config has their digests under. What they must do is in
 * docs/own-images.md.
 */
export const ownImages = {
    pipelineAgent: { repository: "mlplatform/pipeline-agent", purpose: "takes one job of Azure Pipelines" },
    labellingProxy: {
        repository: "mlplatform/labelling-proxy",
        purpose: "signs annotators in and serves their pictures",
    },
    backup: { repository: "mlplatform/backup", purpose: "takes snapshots of disks" },
} as const satisfies Record<string, { repository: string; purpose: string }>;

export type OwnImageName = keyof typeof ownImages;
export const ownImageNames = Object.keys(ownImages) as OwnImageName[];
