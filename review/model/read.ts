import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { isRecord, isSecretJson, unknownIn } from "./engine-json";
import { nameOf } from "./names";
import { valueAtPath } from "./paths";
import type {
    Diagnostic,
    Operation,
    PolicyFinding,
    Preview,
    PropertyChange,
    ResourceChange,
    ResourceState,
} from "./preview";
import { Secrets, type SecretSources } from "./secrets";
import { Secret, type Value, type ValueMap } from "./value";

/** What the engine said of a preview. */
export interface PreviewSources {
    /** What `pulumi preview --json --show-sames` prints, read as JSON. */
    digest: unknown;
    /** The engine's events: the digest says nothing of policies. */
    events?: readonly EngineEvent[];
    /** Without it, a change of a secret shows, and not whether it has the value that was approved. */
    secrets?: SecretSources;
}

/**
 * A preview of the engine's as everything in `review/` reads it.
 * @throws Error when the digest is not what the engine prints, with what is wrong with it
 */
export function readPreview({ digest, events = [], secrets: sources }: PreviewSources): Preview {
    const { steps, diagnostics = [] } = isRecord(digest) ? digest : {};
    if (!Array.isArray(steps) || !Array.isArray(diagnostics)) throw new Error("a preview's JSON has a list `steps`");
    const secrets = new Secrets(sources);
    const resources = (steps as unknown[]).map((step, index) => changeOf(readStep(step, index), secrets));
    const [, stack = "", project = ""] = /^urn:pulumi:([^:]+)::([^:]+)::/.exec(resources[0]?.urn ?? "") ?? [];
    return {
        ...{ project, stack, resources },
        findings: findingsOf(events, secrets),
        diagnostics: (diagnostics as unknown[]).flatMap((said) => diagnosticOf(said, secrets)),
    };
}

/** A step as far as it is read. */
interface Step {
    op: string;
    urn: string;
    oldState?: Record<string, unknown>;
    newState?: Record<string, unknown>;
    replaceReasons: readonly string[];
    diffReasons: readonly string[];
    detailedDiff?: Record<string, unknown>;
}

function readStep(step: unknown, index: number): Step {
    const { op, urn, oldState, newState, replaceReasons, diffReasons, detailedDiff } = isRecord(step) ? step : {};
    if (typeof op !== "string" || typeof urn !== "string")
        throw new Error(`a preview's step has \`op\` and \`urn\`; number ${index + 1} has not`);
    return {
        ...{ op, urn, replaceReasons: texts(replaceReasons), diffReasons: texts(diffReasons) },
        ...(isRecord(oldState) && { oldState }),
        ...(isRecord(newState) && { newState }),
        ...(isRecord(detailedDiff) && { detailedDiff }),
    };
}

function changeOf(step: Step, secrets: Secrets): ResourceChange {
    const { urn, oldState, newState } = step;
    const state = newState ?? oldState ?? {};
    const oldUrn = text(oldState?.urn) ?? urn;
    const told = operationOf(step);
    const [old, asked] = [
        oldState && stateOf(oldState, secrets.old(oldUrn), secrets),
        newState && stateOf(newState, { inputs: secrets.asked(urn, oldUrn) }, secrets),
    ];
    const options = optionChanges(old, asked);
    // To the engine, one that only loses its protection stays the same; to those who answer for it, it does not.
    const operation = told === "same" && options.length > 0 ? "update" : told;
    const moves = operation === "update" || operation === "replace";
    return {
        ...{ urn, type: text(state.type) ?? "", name: nameOf(urn), operation },
        ...{ deletesFirst: operation === "replace" && oldState?.pendingReplacement === true },
        custom: state.custom === true,
        ...(old && { old }),
        ...(asked && { new: asked }),
        changes: moves ? [...changesOf(step, old, asked), ...options].sort(byPath) : [],
    };
}

/** What is said of a resource to the engine, and decides whether it can be lost. */
function optionChanges(old: ResourceState | undefined, asked: ResourceState | undefined): PropertyChange[] {
    if (!old || !asked) return [];
    return (["protect", "retainOnDelete"] as const)
        .filter((path) => old[path] !== asked[path])
        .map((path) => ({ path, kind: "update", replaces: false, old: old[path], new: asked[path] }));
}

const byPath = (left: PropertyChange, right: PropertyChange): number => (left.path < right.path ? -1 : 1);

function operationOf({ op, urn, oldState }: Step): Operation {
    switch (op) {
        case "create":
        case "update":
        case "same":
        case "read":
        case "import":
            return op;
        case "delete":
            return oldState?.retainOnDelete === true ? "forget" : "delete";
        case "replace":
        case "create-replacement":
        case "import-replacement":
        case "read-replacement":
            return "replace";
        case "discard":
        case "discard-replaced":
        case "remove-pending-replace":
            return "forget";
        case "refresh":
            return "same";
        default:
            throw new Error(`the engine has a step "${op}" that is not known here, of ${urn}`);
    }
}

function stateOf(
    state: Record<string, unknown>,
    plain: { inputs?: unknown; outputs?: unknown },
    secrets: Secrets,
): ResourceState {
    const [id, parent, provider, deletedWith] = [state.id, state.parent, state.provider, state.deletedWith].map(text);
    const byProperty = isRecord(state.propertyDependencies) ? Object.values(state.propertyDependencies) : [];
    return {
        inputs: mapOf(state.inputs, plain.inputs, secrets),
        outputs: mapOf(state.outputs, plain.outputs, secrets),
        dependencies: [...new Set([state.dependencies, ...byProperty].flatMap(texts))].sort(),
        ...(isRecord(state.propertyDependencies) && { references: mapValues(state.propertyDependencies, texts) }),
        ...{ protect: state.protect === true, retainOnDelete: state.retainOnDelete === true },
        ...(id !== undefined && { id }),
        ...(parent !== undefined && { parent }),
        ...(provider !== undefined && { provider }),
        ...(deletedWith !== undefined && { deletedWith }),
    };
}

const mapValues = <T>(map: Record<string, unknown>, change: (value: unknown) => T): Record<string, T> =>
    Object.fromEntries(Object.entries(map).map(([name, value]) => [name, change(value)]));

const mapOf = (json: unknown, plain: unknown, secrets: Secrets): ValueMap =>
    isRecord(json) ? (valueOf(json, plain, secrets) as ValueMap) : {};

/** @param plain The same with its secrets, as far as that is known. */
function valueOf(json: unknown, plain: unknown, secrets: Secrets): Value {
    if (json === "[secret]" || isSecretJson(json)) return secrets.fingerprinted(isSecretJson(json) ? json : plain);
    const unknown = unknownIn(json);
    if (unknown) return unknown;
    if (Array.isArray(json)) {
        const others: readonly unknown[] = Array.isArray(plain) ? plain : [];
        return (json as unknown[]).map((inner, index) => valueOf(inner, others[index], secrets));
    }
    if (!isRecord(json)) return json as null | boolean | number | string;
    const others = isRecord(plain) ? plain : {};
    return Object.fromEntries(
        Object.entries(json).map(([name, inner]) => [name, valueOf(inner, others[name], secrets)]),
    );
}

/** By the engine's detailed diff; where a provider gives none, by the properties that it names. */
function changesOf(
    { detailedDiff, diffReasons, replaceReasons }: Step,
    old: ResourceState | undefined,
    asked: ResourceState | undefined,
): PropertyChange[] {
    const paths = detailedDiff ? Object.keys(detailedDiff) : [...new Set([...diffReasons, ...replaceReasons])];
    return paths.map((path) => {
        const told = detailedDiff?.[path];
        const { kind, inputDiff } = isRecord(told) ? told : {};
        // A difference of outputs is one between what Azure has and what the program asks for.
        const was = inputDiff === false ? sideAt(old?.outputs, path) : undefined;
        const [before, after] = [was ?? sideAt(old?.inputs, path), sideAt(asked?.inputs, path)];
        return {
            path,
            kind: kindOf(text(kind), before, after),
            replaces: text(kind)?.endsWith("-replace") ?? replaceReasons.includes(path),
            ...(before !== undefined && { old: before }),
            ...(after !== undefined && { new: after }),
        };
    });
}

/** A path may lead into a secret: all that can be said is that of the whole. */
function sideAt(side: ValueMap | undefined, path: string): Value | undefined {
    const value = valueAtPath(side, path) as Value | undefined;
    if (value !== undefined || side === undefined) return value;
    const steps = [...path.matchAll(/[.[]/g)].map(({ index }) => valueAtPath(side, path.slice(0, index)));
    return steps.find((part) => part instanceof Secret);
}

function kindOf(kind: string | undefined, old: unknown, asked: unknown): PropertyChange["kind"] {
    const told = kind?.replace(/-replace$/, "");
    if (told === "add" || told === "delete" || told === "update") return told;
    return old === undefined ? "add" : asked === undefined ? "delete" : "update";
}

function findingsOf(events: readonly EngineEvent[], secrets: Secrets): PolicyFinding[] {
    return events.flatMap(({ policyEvent }): PolicyFinding[] => {
        if (!policyEvent) return [];
        const { resourceUrn, policyName, policyPackName, policyPackVersion, enforcementLevel, message } = policyEvent;
        // The engine's events call it a warning.
        const level = enforcementLevel === "warning" ? "advisory" : enforcementLevel;
        return [
            {
                ...{ pack: policyPackName, packVersion: policyPackVersion, policy: policyName },
                level: level,
                ...(resourceUrn !== undefined && resourceUrn !== "" && { urn: resourceUrn }),
                message: secrets.scrubbed(withoutMarks(message)),
            },
        ];
    });
}

function diagnosticOf(said: unknown, secrets: Secrets): Diagnostic[] {
    const { severity, urn, message } = isRecord(said) ? said : {};
    if (typeof message !== "string" || message.trim() === "") return [];
    const told = secrets.scrubbed(withoutSeverity(withoutMarks(message)));
    const level = severity === "error" || severity === "warning" ? severity : "info";
    const about = text(urn);
    return [
        {
            severity: level,
            message: told,
            ...(about !== undefined && { urn: about }),
        },
    ];
}

/** The engine marks colours as `<{%reset%}>`. */
const withoutMarks = (message: string): string => message.replace(/<\{%[^%]*%\}>/g, "").trim();

/** The engine begins messages with their severity. */
const withoutSeverity = (message: string): string => message.replace(/^(info|warning|error): /, "");

const text = (json: unknown): string | undefined => (typeof json === "string" && json !== "" ? json : undefined);

const texts = (json: unknown): string[] =>
    Array.isArray(json) ? (json as unknown[]).filter((one) => typeof one === "string") : [];
