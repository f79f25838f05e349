/** What a thing is for: it decides the colour. */
export type Purpose =
    "outside" | "egress" | "network" | "compute" | "data" | "keys" | "watching" | "learning" | "other";

/** Why a line is drawn: it decides colour and dash. */
export type FlowKind = "allowed" | "egress" | "joined" | "privateLink" | "encrypts";

export type Icon =
    | ("globe" | "building" | "hub" | "exit" | "shield" | "gateway" | "network" | "subnet" | "names" | "plug")
    | (
          | "server"
          | "chip"
          | "wheel"
          | "agent"
          | "cylinder"
          | "layers"
          | "safe"
          | "key"
          | "chart"
          | "flask"
          | "folder"
          | "box"
      );

/** A box, or a frame around the shapes that are inside it. */
export interface Shape {
    id: string;
    title: string;
    /** Small print below the title. */
    lines: string[];
    purpose: Purpose;
    icon: Icon;
    /** Place from left to right, in the order in which traffic passes; of a frame, that of what is in it. */
    column: number;
    /** Id of the frame around it. */
    inside?: string;
    /** URNs of the resources that it stands for. */
    resources: string[];
}

/** A way that traffic may take, or a key that protects something. */
export interface Flow {
    /** Id of the shape that begins it. */
    from: string;
    to: string;
    kind: FlowKind;
    label?: string;
    /** Either side may begin it. */
    both?: boolean;
    /** URNs of the resources that it stands for. */
    resources: string[];
}

/** Resources that would only fill the picture, told as a number. */
export interface Also {
    /** `3 budgets`. */
    text: string;
    resources: string[];
}

/** What a stack holds, before anybody knows where it lies on the page. */
export interface Picture {
    title: string;
    subtitle: string;
    shapes: Shape[];
    flows: Flow[];
    also: Also[];
}

/** Columns, from the outside to the keys. */
export const columns = {
    outside: 0,
    egress: 1,
    clients: 2,
    control: 3,
    privateEndpoints: 4,
    services: 5,
    keys: 6,
} as const;
