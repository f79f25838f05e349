/** What the sandbox puts between a kubeconfig and the machine that it runs on. */
export interface Surroundings {
    /** Where the API server of that host name listens on this machine. */
    addressOf?: (host: string) => { host: string; port: number } | undefined;
    /** Environment of the exec plugins, so that the sandbox's `kubelogin` is found. @default the process's */
    environment?: NodeJS.ProcessEnv;
    /** Does the registry of that host hold the chart? @default every chart is there */
    holdsChart?: (host: string, repository: string, tag: string) => boolean;
    /** Folder of the custom resources' definitions: what `tools/definitions.cjs` tells. @default charts with any are refused */
    definitions?: () => Promise<string>;
}
