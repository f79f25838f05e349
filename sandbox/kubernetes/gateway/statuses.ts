import type { Attachment } from "./attachment";
import type { Gateway } from "./objects";
import { controllerName } from "./objects";

interface Condition {
    type: string;
    status: "True" | "False";
    reason: string;
    message: string;
}

const condition = (type: string, met: boolean, reason: string, message: string): Condition => ({
    ...{ type, status: met ? "True" : "False", reason, message },
});

/** Status of a route as a controller writes it. @param fault What is wrong with its backends. */
export function routeStatus(attachments: readonly Attachment[], fault: BackendFault | undefined): object {
    return {
        parents: attachments.map(({ parentRef, accepted, reason, message }) => ({
            ...{ parentRef, controllerName },
            conditions: [
                condition("Accepted", accepted, reason, message),
                fault
                    ? condition("ResolvedRefs", false, fault.reason, fault.message)
                    : condition(
                          "ResolvedRefs",
                          true,
                          "ResolvedRefs",
                          "Resolved all the Object references for the Route",
                      ),
            ],
        })),
    };
}

export interface BackendFault {
    reason: "BackendNotFound" | "InvalidKind" | "RefNotPermitted";
    message: string;
}

export const classStatus = {
    conditions: [condition("Accepted", true, "Accepted", "Valid GatewayClass")],
};

/** Status of a gateway. @param attached Number of routes by listener. */
export function gatewayStatus({ spec }: Gateway, attached: (listener: string) => number): object {
    return {
        // Where the sandbox's own proxy listens, in the place of the load balancer's address.
        addresses: [{ type: "IPAddress", value: "127.0.0.1" }],
        conditions: [
            condition("Accepted", true, "Accepted", "The Gateway has been scheduled by Envoy Gateway"),
            condition("Programmed", true, "Programmed", "the sandbox's proxy answers on this machine, without TLS"),
        ],
        listeners: spec.listeners.map(({ name }) => ({
            name,
            attachedRoutes: attached(name),
            supportedKinds: [{ group: "gateway.networking.k8s.io", kind: "HTTPRoute" }],
            conditions: [
                condition("Accepted", true, "Accepted", "Listener has been successfully translated"),
                condition(
                    "Programmed",
                    true,
                    "Programmed",
                    "Sending translated listener configuration to the data plane",
                ),
                condition("ResolvedRefs", true, "ResolvedRefs", "Listener references have been resolved"),
            ],
        })),
    };
}

/** The wanted status with the moments of the one that is there, where a condition is as it was. */
export function withMoments(wanted: unknown, there: unknown, generation: number, now: Date): unknown {
    if (Array.isArray(wanted)) {
        const before: unknown[] = Array.isArray(there) ? there : [];
        return wanted.map((each, index) => withMoments(each, sameIn(before, each) ?? before[index], generation, now));
    }
    if (!isRecord(wanted)) return wanted;
    const before = isRecord(there) ? there : {};
    const result = Object.fromEntries(
        Object.entries(wanted).map(([key, value]) => [key, withMoments(value, before[key], generation, now)]),
    );
    if (typeof wanted.status !== "string" || typeof wanted.type !== "string") return result;
    const same = before.type === wanted.type && before.status === wanted.status;
    return {
        ...{ ...result, observedGeneration: generation },
        lastTransitionTime: same ? before.lastTransitionTime : now.toISOString(),
    };
}

/** A condition's namesake. */
function sameIn(before: readonly unknown[], wanted: unknown): unknown {
    if (!isRecord(wanted) || wanted.type === undefined) return undefined;
    return before.find((each) => isRecord(each) && each.type === wanted.type);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
    typeof value === "object" && value !== null && !Array.isArray(value);
