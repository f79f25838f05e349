/** What an answer may be. */
export const answerTypes = ["application/json", "text/csv"] as const;
export type AnswerType = (typeof answerTypes)[number];

/**
 * The type that a client likes best, JSON where it likes both; undefined where it takes neither.
 * @see RFC 9110 12.5.1
 */
export function answerTypeFor(accept: string | undefined): AnswerType | undefined {
    if (accept === undefined || accept.trim() === "") return "application/json";
    const ranges = accept.split(",").map((range) => {
        const [type = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
        const weight = parameters.find((parameter) => parameter.startsWith("q="));
        return { type, weight: weight === undefined ? 1 : Number(weight.slice(2)) };
    });
    const liking = (type: AnswerType): number => {
        const [family] = type.split("/");
        // The closest range counts, whatever stands first.
        for (const name of [type, `${family}/*`, "*/*"]) {
            const range = ranges.find((one) => one.type === name);
            if (range) return range.weight;
        }
        return 0;
    };
    return answerTypes
        .map((type) => ({ type, liking: liking(type) }))
        .filter((one) => one.liking > 0)
        .sort((a, b) => b.liking - a.liking)[0]?.type;
}
