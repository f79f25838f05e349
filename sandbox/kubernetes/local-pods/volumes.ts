import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { V1ConfigMap, V1Container, V1Pod, V1Secret } from "@kubernetes/client-node";
import { writeWhole } from "../../files";
import { field } from "./fields";

/** What a pod is given from the cluster. */
export interface Sources {
    configMap: (name: string) => Promise<V1ConfigMap | undefined>;
    secret: (name: string) => Promise<V1Secret | undefined>;
    /** A token of the pod's service account, by the real TokenRequest API, and when it ends. */
    token: (audience: string | undefined, seconds: number) => Promise<{ token: string; expires: Date }>;
}

/** A mounted folder: the path in the container, and the one on this machine. */
export interface Mount {
    path: string;
    folder: string;
}

/** Something that a pod waits for, in the kubelet's words. */
export class NotYet extends Error {}

/** Kubernetes renews a token when a fifth of its life is left. */
const renewAfterShare = 0.8;
const defaultTokenSeconds = 3600;

/** The folders of a pod's volumes on this machine, with what lies in them. */
export class Volumes {
    private readonly timers = new Set<NodeJS.Timeout>();

    constructor(
        private readonly folder: string,
        private readonly pod: V1Pod,
        private readonly sources: Sources,
        private readonly log: (line: string) => void,
    ) {}

    /** Makes them. @throws NotYet when a part of one is not there */
    async make(): Promise<void> {
        for (const volume of this.pod.spec?.volumes ?? []) {
            const at = this.folderOf(volume.name);
            mkdirSync(at, { recursive: true, mode: 0o700 });
            if (volume.configMap) await this.writeConfigMap(at, volume.configMap.name ?? "", volume.configMap.optional);
            if (volume.secret) await this.writeSecret(at, volume.secret.secretName ?? "", volume.secret.optional);
            for (const source of volume.projected?.sources ?? []) {
                if (source.configMap)
                    await this.writeConfigMap(at, source.configMap.name ?? "", source.configMap.optional);
                if (source.secret) await this.writeSecret(at, source.secret.name ?? "", source.secret.optional);
                for (const { path, fieldRef } of source.downwardAPI?.items ?? [])
                    writeWhole(join(at, path), field(this.pod, fieldRef?.fieldPath ?? ""), 0o600);
                const token = source.serviceAccountToken;
                if (token)
                    await this.keepToken(
                        join(at, token.path),
                        token.audience,
                        token.expirationSeconds ?? defaultTokenSeconds,
                    );
            }
        }
    }

    /** A token in a file, renewed as long as the pod runs. */
    async keepToken(file: string, audience: string | undefined, seconds: number): Promise<void> {
        const { token, expires } = await this.sources.token(audience, seconds);
        writeWhole(file, token, 0o600);
        const timer = setTimeout(
            () => {
                this.timers.delete(timer);
                this.keepToken(file, audience, seconds).catch((fault: unknown) => {
                    this.log(`token of ${this.pod.metadata?.name ?? ""}: ${String(fault)}`);
                });
            },
            (expires.getTime() - Date.now()) * renewAfterShare,
        );
        this.timers.add(timer);
    }

    /** Where the container finds them. */
    mountsOf({ volumeMounts = [] }: V1Container): Mount[] {
        return volumeMounts.map(({ name, mountPath, subPath = "" }) => ({
            path: mountPath.replace(/\/$/, ""),
            folder: join(this.folderOf(name), subPath),
        }));
    }

    stop(): void {
        for (const timer of this.timers) clearTimeout(timer);
        this.timers.clear();
    }

    private folderOf(volume: string): string {
        return join(this.folder, "volumes", volume);
    }

    private async writeConfigMap(at: string, name: string, optional = false): Promise<void> {
        const found = await this.sources.configMap(name);
        if (!found && !optional) throw new NotYet(`configmap "${name}" not found`);
        for (const [key, value] of Object.entries(found?.data ?? {})) writeWhole(join(at, key), value);
    }

    private async writeSecret(at: string, name: string, optional = false): Promise<void> {
        const found = await this.sources.secret(name);
        if (!found && !optional) throw new NotYet(`secret "${name}" not found`);
        for (const [key, value] of Object.entries(found?.data ?? {}))
            writeWhole(join(at, key), Buffer.from(value, "base64").toString("utf8"), 0o600);
    }
}
