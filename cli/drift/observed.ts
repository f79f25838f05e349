import { nameOf } from "../../review/model/names";
import type { StepEventMetadata } from "@pulumi/pulumi/automation/events";
import { isPartOf, valueAtPath } from "../../review/model/paths";
import type { Preview, PropertyChange, ResourceChange, ResourceState } from "../../review/model/preview";
import type { Value, ValueMap } from "../../review/model/value";
import { shown } from "../deployment";
import { shownValue } from "../shown-value";

/** One side of a resource, as far as it is looked at. */
interface Side {
    type?: string;
    custom?: boolean;
    inputs?: unknown;
    outputs?: unknown;
}

/** A step of the engine's, whichever way it tells of it. */
export interface ObservedStep {
    op: string;
    urn: string;
    old?: Side;
    new?: Side;
    /** Paths that differ. */
    paths: readonly string[];
}

export const stepOfEvent = ({ op, urn, old, new: current, detailedDiff }: StepEventMetadata): ObservedStep => ({
    ...{ op, urn, paths: Object.keys(detailedDiff ?? {}) },
    ...(old && { old }),
    ...(current && { new: current }),
});

/**
 * The steps in what `pulumi refresh --preview-only --json` or `pulumi preview --refresh --json` prints.
 * @throws Error when that is something else
 */
export function stepsInJson(text: string): ObservedStep[] {
    const read = asRecord(JSON.parse(text));
    if (!Array.isArray(read.steps)) throw new Error("it has no steps");
    return (read.steps as unknown[]).map((entry) => {
        const { op, urn, oldState, newState, detailedDiff } = asRecord(entry);
        if (typeof op !== "string" || typeof urn !== "string") throw new Error("it has a step without op and urn");
        return {
            ...{ op, urn, paths: Object.keys(asRecord(detailedDiff)) },
            ...(isRecord(oldState) && { old: oldState }),
            ...(isRecord(newState) && { new: newState }),
        };
    });
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const asRecord = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {});

/** What a refresh's steps say, as a preview: what is gone, and what has changed. */
export function observedIn(stack: string, steps: readonly ObservedStep[]): Preview {
    const resources = steps.filter(({ op }) => op === "delete" || op === "update").map(changeOf);
    return { project: "", stack, resources, findings: [], diagnostics: [] };
}

function changeOf({ op, urn, old, new: current, paths }: ObservedStep): ResourceChange {
    const valueOf = (state: Side | undefined, path: string): Value | undefined => {
        const value = valueAtPath(state?.outputs, path) ?? valueAtPath(state?.inputs, path);
        return value === undefined ? undefined : shownValue(shown(value));
    };
    const changes = paths.map((path): PropertyChange => {
        const [was, is] = [valueOf(old, path), valueOf(current, path)];
        return {
            ...{ path, kind: was === undefined ? "add" : is === undefined ? "delete" : "update", replaces: false },
            ...(was !== undefined && { old: was }),
            ...(is !== undefined && { new: is }),
        };
    });
    const gone = op === "delete";
    return {
        ...{ urn, type: old?.type ?? "", name: nameOf(urn), operation: gone ? "delete" : "update" },
        ...{ deletesFirst: false, custom: old?.custom === true, changes: gone ? [] : changes },
        ...(old && { old: stateOf(old) }),
        ...(!gone && current && { new: stateOf(current) }),
    };
}

const stateOf = ({ inputs }: Side): ResourceState => ({
    ...{ inputs: shownValue(shown(inputs ?? {})) as ValueMap, outputs: {}, dependencies: [] },
    ...{ protect: false, retainOnDelete: false },
});

/** The engine reads a resource, or finds it as it should be. */
const changesNothing: ReadonlySet<string> = new Set(["same", "refresh", "read"]);

/**
 * Whether the program, by a preview against what Azure has, leaves a finding as it is.
 * @param steps Of that preview
 */
export function leavesAsItIs(steps: readonly ObservedStep[]): (finding: { urn: string; path?: string }) => boolean {
    const byUrn = new Map<string, ObservedStep[]>();
    for (const step of steps) byUrn.set(step.urn, [...(byUrn.get(step.urn) ?? []), step]);
    return ({ urn, path }) => {
        const own = (byUrn.get(urn) ?? []).filter(({ op }) => !changesNothing.has(op));
        if (path === undefined) return own.every(({ op }) => op === "delete");
        return own.every(({ op, paths }) => op === "update" && paths.length > 0 && !touches(paths, path));
    };
}

/** Is any of the paths the wanted one, part of it, or what it is part of? */
const touches = (paths: readonly string[], wanted: string): boolean =>
    paths.some((path) => isPartOf(path, wanted) || isPartOf(wanted, path));
