import { cloudResources, nameOf, shown } from "./deployment";
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
}

/** The resources that are deployed, secrets masked. */
export function deployed(state: Deployment): ExportedResource[] {
    return cloudResources(state).map(({ urn, type, id, inputs, outputs }) => ({
        ...{ type, name: nameOf(urn), urn },
        ...(id !== undefined && { id }),
        inputs: shown(inputs ?? {}),
        outputs: shown(outputs ?? {}),
    }));
}

/** Gathers the resources that a preview's events speak of, secrets masked by the engine. */
export class Planned {
    private readonly byUrn = new Map<string, ExportedResource>();

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

    resources(): ExportedResource[] {
        return [...this.byUrn.values()];
    }
}
