import Ajv from "../../../../images/scoring/node_modules/ajv/dist/2020";
import { cards } from "../../../../cli/models/cards";
import { madeModelNames } from "../../../../facts/models";
import { cardSchema, readCard } from "../../../../images/scoring/model/card";

const { coco } = cards;
const changed = (change: object): string => JSON.stringify({ ...coco.card, ...change });
const faultsOf = async (content: string): Promise<string> => {
    try {
        await readCard(content);
        return "none";
    } catch (fault) {
        return fault instanceof Error ? fault.message : String(fault);
    }
};

test("a card is read, from JSON and from YAML", async () => {
    for (const name of madeModelNames)
        expect(await readCard(JSON.stringify(cards[name].card))).toEqual(cards[name].card);
    const yaml = Object.entries(coco.card).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
    expect(await readCard(yaml.join("\n"))).toEqual(coco.card);
});

test("all faults are told at once, each with its field, rule and value", async () => {
    const { input } = coco.card;
    const wrong = {
        ...coco.card,
        name: undefined,
        task: "segmentation",
        input: { ...input, width: 0, layout: "CHW", mean: [1, 2, 3, 4] },
        output: { format: "yolo", tensor: "", candidates: "rows", objectness: "yes", boxes: "xyxy", unit: "pixels" },
        thresholds: { confidence: 1.5, unsure: 0.5 },
        colour: "blue",
    };
    expect(await faultsOf(JSON.stringify(wrong))).toBe(
        [
            "the model card has 10 faults:",
            "- name is missing",
            '- task must be one of classification, detection, got "segmentation"',
            '- input.layout must be one of NHWC, NCHW, got "CHW"',
            "- input.width must be a whole number from 1 to 8192, got 0",
            "- input.mean must have 1 to 3 items, got 4",
            '- output.tensor must be a text that is not empty, got ""',
            '- output.objectness must be true or false, got "yes"',
            "- thresholds.confidence must be a number from 0 to 1, got 1.5",
            "- thresholds.top is missing",
            "- colour is not known here; there is: name, version, task, input, output, labels, thresholds, nms, golden, licence, source",
        ].join("\n"),
    );
});

test.each([
    ["no document", "{ [", /neither JSON nor YAML/],
    ["not an object", "[1]", /the document must be an object, got \[1\]/],
    [
        "an output of nobody's",
        changed({ output: { format: "ssd" } }),
        /output\.format must be one of .*centernet, got "ssd"/,
    ],
    ["an output by an inherited name", changed({ output: { format: "toString" } }), /got "toString"/],
    [
        "means of another number of colours",
        changed({ input: { ...coco.card.input, datatype: "FP32", mean: [1] } }),
        /input\.mean must have 3 items for RGB, got 1/,
    ],
    [
        "bytes that are scaled",
        changed({ input: { ...coco.card.input, scale: 0.5 } }),
        /input\.scale must be left out for UINT8/,
    ],
    [
        "an output of the other task",
        changed({ output: { format: "logits", tensor: "x" } }),
        /output\.format logits is not one of detection/,
    ],
    [
        "suppression among classes of a picture",
        changed({ task: "classification" }),
        /nms must be left out for classification/,
    ],
    [
        "nothing that counts as unsure",
        changed({ thresholds: { confidence: 0.5, unsure: 0.4, top: 1 } }),
        /thresholds\.unsure must be at least thresholds\.confidence, or nothing counts; got 0\.4/,
    ],
    [
        "a golden label of no class",
        changed({ golden: { picture: "a.png", expected: [{ label: "ghost", confidence: 1 }] } }),
        /golden\.expected\[0\]\.label ghost is not among labels[^]*golden\.expected\[0\]\.box must be given for detection/,
    ],
    [
        "a picture elsewhere",
        changed({ golden: { picture: "../a.png", expected: [] } }),
        /golden\.picture must be the name of a file beside the card[^]*golden\.expected must have 1 to 100 items, got 0/,
    ],
])("%s is refused", async (_, content, reason) => {
    expect(await faultsOf(content)).toMatch(reason);
});
test("the schema that is published takes what is read, and refuses what is not", () => {
    const validate = new Ajv({ strict: false }).compile(cardSchema);
    for (const name of madeModelNames) expect(validate(cards[name].card)).toBe(true);
    expect(validate({ ...coco.card, task: "segmentation" })).toBe(false);
    expect(validate({ ...coco.card, more: 1 })).toBe(false);
});
