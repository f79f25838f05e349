import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Seen } from "../../mocks";
import { kubernetesPrograms, type TestControlPlane } from "./control-plane";

/** Puts what a program registered for the cluster onto a real control plane, as the program wrote it, namespaces first. */
export function apply({ plane }: TestControlPlane, registered: readonly Seen[]): void {
    const objects = registered.filter(({ type }) => type.startsWith("kubernetes:")).map(({ inputs }) => inputs);
    const first = objects.filter(({ kind }) => kind === "Namespace");
    const items = [...first, ...objects.filter(({ kind }) => kind !== "Namespace")];
    execFileSync(
        join(kubernetesPrograms(), "kubectl"),
        ["--kubeconfig", plane.adminKubeconfig, "apply", "--server-side", "--filename", "-"],
        { input: JSON.stringify({ apiVersion: "v1", kind: "List", items }), stdio: ["pipe", "ignore", "pipe"] },
    );
}
