import { isDeepStrictEqual } from "node:util";
import type { CheckFailure, Difference, Differences } from "../../protocol/package-backend";
import { isUnknown } from "../../protocol/values";
import type { Values } from "../../protocol/values";
import type { Mutable } from "./replacement";

/** What the program tells the provider itself. @see https://www.pulumi.com/registry/packages/kubernetes/installation-configuration/ */
export interface Settings {
    deleteUnreachable: boolean;
    skipUpdateUnreachable: boolean;
    upsertExistingObjects: boolean;
    enablePatchForce: boolean;
    mutable: Mutable;
    /** Namespace of what names none; undefined: the API's own default. */
    namespace: string | undefined;
}

export const defaultSettings: Settings = settingsOf({});

export function settingsOf(config: Values): Settings {
    const { namespace } = config;
    return {
        deleteUnreachable: isOn(config.deleteUnreachable),
        skipUpdateUnreachable: isOn(config.skipUpdateUnreachable),
        upsertExistingObjects: isOn(config.upsertExistingObjects),
        enablePatchForce: isOn(config.enablePatchForce),
        mutable: { ConfigMap: isOn(config.enableConfigMapMutable), Secret: isOn(config.enableSecretMutable) },
        namespace: typeof namespace === "string" && namespace !== "" ? namespace : undefined,
    };
}

/** The SDK sends the provider's settings as JSON texts. */
function isOn(value: unknown): boolean {
    return value === true || value === "true";
}

/** What of the provider the sandbox does not have is refused by name. */
export function settingFaults(config: Values): CheckFailure[] {
    const faults: CheckFailure[] = [];
    if (config.renderYamlToDirectory !== undefined) {
        faults.push({
            property: "renderYamlToDirectory",
            reason: "the sandbox's cluster is not rendered to files: leave renderYamlToDirectory out",
        });
    }
    if (config.enableServerSideApply === false || config.enableServerSideApply === "false") {
        faults.push({
            property: "enableServerSideApply",
            reason: "the sandbox applies on the server only: enableServerSideApply must be true",
        });
    }
    return faults;
}

const clusterKeys = ["kubeconfig", "context", "cluster"];

/** Another cluster replaces the provider, with all that hangs on it; another way to log in does not. */
export async function settingDifferences(olds: Values, news: Values): Promise<Differences> {
    const changed = [...new Set([...Object.keys(olds), ...Object.keys(news)])].filter((key) => {
        return key !== "version" && !isDeepStrictEqual(olds[key], news[key]);
    });
    const replaces = clusterKeys.some((key) => isUnknown(news[key])) || (await namesAnotherCluster(olds, news));
    const properties = changed.map((key): [string, Difference] => {
        const kind = !(key in olds) ? "add" : !(key in news) ? "delete" : "update";
        return [key, { kind, replace: replaces && clusterKeys.includes(key) }];
    });
    return { properties: new Map(properties), deleteBeforeReplace: false };
}

async function namesAnotherCluster(olds: Values, news: Values): Promise<boolean> {
    const { clusterIdentifier } = news;
    if (clusterIdentifier !== undefined && clusterIdentifier === olds.clusterIdentifier) return false;
    if (clusterKeys.every((key) => olds[key] === news[key])) return false;
    const { isAnotherCluster } = await import("./kubeconfig");
    return isAnotherCluster(olds, news);
}
