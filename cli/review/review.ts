import { readFileSync, writeFileSync } from "node:fs";
import { priceSheet } from "../../facts/prices";
import { commentsOf } from "../../review/comment/comment";
import { pageOf } from "../../review/page/page";
import type { Asked } from "../../review/sign-off/asked";
import type { Preview } from "../../review/model/preview";
import { readPreview } from "../../review/model/read";
import { errorsIn, reviewOf, type Reviewed } from "../../review/reviewed";
import { askedOf } from "../change-control/asked";
import { recover } from "../recover";
import { withStack, type Context } from "../stack-run";
import { UserError } from "../user-error";
import { projectOf } from "../workspace";
import { previewOnAzure } from "./azure-preview";
import { forges, postComments, type Forge } from "./post";
import { reviewLines } from "./review-lines";
import { fingerprintKey, tellPreview } from "./told-preview";

/** Whose preview it is; without either, the sandbox's. */
export interface PreviewFrom {
    /** What `pulumi preview --json --show-sames` printed: a file, or `-` for the standard input. It tells nothing of policies. */
    file?: string;
    /** Run the `pulumi` on the path, against the backend and the Azure that it is signed in to. */
    azure: boolean;
}

/** Where else it goes than to the terminal. */
export interface Outputs {
    json: boolean;
    /** File for the comments, one after the other. */
    comment?: string;
    /** File for the page. */
    page?: string;
    /** `github` or `azure-devops`: to the pull request that the job is for. */
    post?: string;
}

/** Variable with what fingerprints of secrets on Azure are keyed by: any long secret, the same for all who compare. */
export const keyVariable = "MLPLATFORM_FINGERPRINT_KEY";

/** Says what a stack's change does, can break, and costs. Ends with 1 when the preview failed, after all that is known of it. */
export async function review(
    context: Context,
    stack: string,
    { json, comment, page, post, ...from }: PreviewFrom & Outputs,
): Promise<void> {
    const { at, terminal } = context;
    const preview = await previewFrom(context, stack, from);
    const made = reviewOf(preview, priceSheet(at.root));
    const asked = await askedIn(context, stack, made);
    const comments = commentsOf({ ...made, ...asked, ...pageLink(process.env) });
    if (comment !== undefined) writeFileSync(comment, comments.join("\n\n"));
    if (page !== undefined) writeFileSync(page, await pageOf({ ...made, ...asked }));
    if (post !== undefined) await postComments(forgeOf(post), stack, comments, process.env);
    if (json) terminal.line(JSON.stringify(made, undefined, 2));
    else for (const line of reviewLines(made)) terminal.line(line);
    if (errorsIn(preview).length > 0) process.exitCode = 1;
}

/** Who must sign; where that cannot be told, the review is worth having without. */
async function askedIn({ at, terminal }: Context, stack: string, made: Reviewed): Promise<{ asked?: Asked }> {
    try {
        const asked = await askedOf(at.root, stack, made);
        return asked === undefined ? {} : { asked };
    } catch (fault) {
        if (!(fault instanceof UserError)) throw fault;
        terminal.step(`who must sign cannot be told: ${fault.message}`);
        return {};
    }
}

/** Variable with the address that the page will have, for the comment. */
const pageVariable = "MLPLATFORM_PAGE_URL";

function pageLink({ [pageVariable]: address = "" }: NodeJS.ProcessEnv): { page?: string } {
    if (address === "") return {};
    if (!/^https:\/\/[^\s()<>]+$/.test(address))
        throw new UserError(`${pageVariable} must be an https address without brackets and blanks, got "${address}"`);
    return { page: address };
}

function forgeOf(post: string): Forge {
    const forge = forges.find((each) => each === post);
    if (forge === undefined) throw new UserError(`--post must be one of ${forges.join(", ")}, got "${post}"`);
    return forge;
}

async function previewFrom(context: Context, stack: string, { file, azure }: PreviewFrom): Promise<Preview> {
    if (azure && file !== undefined) throw new UserError("--azure and --preview exclude each other");
    if (file !== undefined) return printed(file);
    if (azure) return await onAzure(context, stack);
    return await withStack(context, { command: "review", stack }, async (run) => {
        await recover(run.session);
        return await tellPreview(run);
    });
}

async function onAzure({ at, terminal }: Context, stack: string): Promise<Preview> {
    const { name, folder } = projectOf(at, stack);
    const secret = process.env[keyVariable] ?? "";
    if (secret === "") terminal.step(`${keyVariable} is not set: of a secret that changes, nobody can tell to what`);
    const key = secret === "" ? undefined : fingerprintKey(secret, `${name}/${stack}`);
    return await previewOnAzure({ folder, environment: process.env }, stack, key);
}

function printed(file: string): Preview {
    const name = file === "-" ? "the standard input" : file;
    const read = (): unknown => {
        const text = readFileSync(file === "-" ? 0 : file, "utf8");
        try {
            return JSON.parse(text);
        } catch {
            // The parser's own message quotes the text.
            throw new Error("it is no JSON");
        }
    };
    try {
        return readPreview({ digest: read() });
    } catch (fault) {
        const reason = fault instanceof Error ? fault.message : String(fault);
        throw new UserError(`${name} must be what \`pulumi preview --json\` prints: ${reason}`);
    }
}
