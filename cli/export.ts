import { nameOf } from "../review/model/names";
import { cloudResources, shown } from "./deployment";
import type { Deployment } from "./deployment";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { isProvider } from "./deployment";

/** A resource as `export` prints it. */
export interface ExportedResource {
    type: string;
    name: string;
    urn: string;
    /** Azure's id; missing while planned. */
    id?: string;
    inputs: unknown;
    outputs: unknown;
    /** Where inputs come from: URNs of the resources behind each property that has any. */
    references: References;
}

export type References = Record<string, string[]>;

/** The part of a saved plan that says where inputs come from. */
export interface SavedPlan {
    resourcePlans: Record<string, { goal?: { propertyDependencies?: Record<string, string[] | null> | null } | null }>;
}

/** The resources that are deployed, secrets masked. */
export function deployed(state: Deployment): ExportedResource[] {
    return cloudResources(state).map(({ urn, type, id, inputs, outputs, propertyDependencies }) => ({
        ...{ type, name: nameOf(urn), urn },
        ...(id !== undefined && { id }),
        inputs: shown(inputs ?? {}),
        outputs: shown(outputs ?? {}),
        references: referencesIn(propertyDependencies),
    }));
}

function referencesIn(dependencies: Record<string, string[] | null> | null | undefined): References {
    const entries = Object.entries(dependencies ?? {});
    return Object.fromEntries(
        entries.flatMap(([property, urns]) => (urns && urns.length > 0 ? [[property, urns]] : [])),
    );
}

/** Gathers the resources that a preview speaks of, secrets masked by the engine. */
export class Planned {
    private readonly byUrn = new Map<string, Omit<ExportedResource, "references">>();

    readonly onEvent = (event: EngineEvent): void => {
        const step = event.resOutputsEvent?.metadata ?? event.resourcePreEvent?.metadata;
        if (!step?.new || isProvider(step.type) || step.new.custom !== true) return;
        const { urn, type, id, inputs, outputs } = step.new;
        this.byUrn.set(urn, {
            ...{ type, name: nameOf(urn), urn },
            ...(id !== "" && { id }),
            inputs: shown(inputs),
            outputs: shown(outputs),
        });
    };

    /** @param plan As the same preview saved it: events do not say where inputs come from. */
    resources(plan: SavedPlan): ExportedResource[] {
        return [...this.byUrn.values()].map((resource) => ({
            ...resource,
            references: referencesIn(plan.resourcePlans[resource.urn]?.goal?.propertyDependencies),
        }));
    }
}
