import { dev, prod } from "../good-settings";

/** A config with one thing wrong, and what the reader must be told about it. */
export interface WrongSettings {
    what: string;
    config: Readonly<Record<string, string>>;
    message: string;
}

export const wrong = (what: string, change: Record<string, unknown>, message: string, base = dev): WrongSettings => {
    const text = Object.entries(change).map(([key, value]) => [
        key.includes(":") ? key : `mlplatform:${key}`,
        typeof value === "string" ? value : JSON.stringify(value),
    ]);
    return { what, config: { ...base, ...(Object.fromEntries(text) as Record<string, string>) }, message };
};
export const inProd = (what: string, change: Record<string, unknown>, message: string): WrongSettings =>
    wrong(what, change, message, prod);
export const without = (key: string, base = dev): WrongSettings => {
    const config = Object.fromEntries(Object.entries(base).filter(([name]) => name !== key));
    return { what: `${key} left out`, config, message: `${key} must be set` };
};
