import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Seen } from "../../mocks";
import { kubernetesPrograms, type TestControlPlane } from "./control-plane";

/** Puts what a program registered for the cluster onto a real control plane, as the program wrote it, namespaces first. */
export function apply({ plane }: TestControlPlane, registered: readonly Seen[]): void {
    const objects = registered.filter(({ type }) => type.startsWith("kubernetes:")).map(({ inputs }) => inputs);
    const first = objects.filter(({ kind }) => kind === "Namespace");
    const items = [...first, ...objects.filter(({ kind }) => kind !== "Namespace")];
    kubectl(
        plane,
        ["apply", "--server-side", "--filename", "-"],
        JSON.stringify({ apiVersion: "v1", kind: "List", items }),
    );
}

/** Objects of those kinds, everywhere, as they are: the client for Node gives some fields other names. */
export function live({ plane }: TestControlPlane, kinds: string): unknown[] {
    const text = kubectl(plane, ["get", kinds, "--all-namespaces", "--output", "json"]);
    return (JSON.parse(text) as { items: unknown[] }).items;
}

function kubectl({ adminKubeconfig }: TestControlPlane["plane"], args: readonly string[], input = ""): string {
    return execFileSync(join(kubernetesPrograms(), "kubectl"), ["--kubeconfig", adminKubeconfig, ...args], {
        ...{ input, encoding: "utf8", stdio: ["pipe", "pipe", "pipe"] },
    });
}
