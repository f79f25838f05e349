import { isObject } from "../../azure/properties";
import type { Values } from "../../protocol/values";
import { at, isTrue } from "./objects";
import type { Progress } from "./wait";

/**
 * What `pulumi.com/waitFor` asks for: `jsonpath={.status.phase}=Running`, `condition=Ready`, or a JSON list of them.
 * @throws Error when it is none of them.
 */
export function waitForOf(text: string): (object: Values) => Progress {
    const wanted = (text.trim().startsWith("[") ? (JSON.parse(text) as unknown[]) : [text]).map((one) => {
        return { text: String(one), isMet: expression(String(one)) };
    });
    return (object) => {
        const unmet = wanted.filter(({ isMet }) => !isMet(object));
        return unmet.length === 0 ? "done" : { because: unmet.map((one) => `${one.text} is not met`) };
    };
}

function expression(text: string): (object: Values) => boolean {
    const [, condition, status] = /^condition=([\w./-]+)(?:=(\w+))?$/.exec(text) ?? [];
    if (condition !== undefined) {
        return (object) => {
            if (status === undefined || status === "True") return isTrue(object, condition);
            const list = at(object, "status", "conditions");
            return (
                Array.isArray(list) &&
                list.some((one) => isObject(one) && one.type === condition && one.status === status)
            );
        };
    }
    const [, path, value] = /^jsonpath=\{?(\.[^}=]+)\}?(?:=(.+))?$/.exec(text) ?? [];
    if (path === undefined) {
        throw new Error(
            `pulumi.com/waitFor must be "jsonpath={.path}=value", "condition=Type" or a JSON list of them, got "${text}"`,
        );
    }
    const keys = path.split(/[.[\]]+/).filter((key) => key !== "");
    return (object) => {
        const found = at(object, ...keys);
        return value === undefined ? found !== undefined : String(found) === value;
    };
}
