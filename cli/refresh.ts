import type { StepEventMetadata } from "@pulumi/pulumi/automation/events";
import { valueAtPath } from "../review/model/paths";
import { failed } from "./deploy";
import { kindOf, nameOf } from "../review/model/names";
import { shown } from "./deployment";
import { recover } from "./recover";
import { operate } from "./session";
import { withStack } from "./stack-run";
import type { Context } from "./stack-run";

/** Reads every resource from Azure, shows what differs from the state, and takes note of it unless told not to. */
export async function refresh(context: Context, stack: string, previewOnly: boolean): Promise<void> {
    const { terminal } = context;
    await withStack(context, { command: "refresh", stack }, async (run) => {
        await recover(run.session);
        const drift: string[] = [];
        terminal.now("reading every resource from Azure");
        const result = await operate(run.session, previewOnly ? "preview-refresh" : "refresh", {
            onEvent: ({ resOutputsEvent }) => {
                if (resOutputsEvent) drift.push(...driftLines(resOutputsEvent.metadata));
            },
        });
        terminal.now(undefined);
        if (!result.ok) failed(run, "refresh", result);
        for (const line of drift) terminal.line(line);
        if (drift.length === 0) terminal.step("no drift: Azure is as the state says");
        else terminal.step(`drift found; \`npx mlplatform up ${stack}\` puts it right`);
    });
}

/** What a refresh found about one resource. */
export function driftLines({ op, urn, type, old, new: current, detailedDiff }: StepEventMetadata): string[] {
    if (type.startsWith("pulumi:")) return [];
    const label = `${kindOf(type)} ${nameOf(urn)}`;
    if (op === "delete") return [`  gone     ${label}`];
    if (op !== "update" || !detailedDiff) return [];
    return Object.keys(detailedDiff).map((path) => {
        const [was, is] = [old, current].map((state) =>
            said(valueAtPath(state?.outputs, path) ?? valueAtPath(state?.inputs, path)),
        );
        return `  changed  ${label}: ${path} was ${was ?? ""}, is ${is ?? ""}`;
    });
}

/** Longest value that is printed whole; a whole agent pool would fill the screen. */
const longest = 100;

function said(value: unknown): string {
    if (value === undefined) return "not set";
    const masked = shown(value);
    const text = JSON.stringify(masked);
    if (text.length <= longest) return text;
    const named = typeof masked === "object" && masked !== null && "name" in masked;
    const name = named ? `${JSON.stringify(masked.name)}, ` : "";
    return `${name}${text.slice(0, longest)}... (${text.length} characters)`;
}
