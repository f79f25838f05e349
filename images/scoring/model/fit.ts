import type { Tensor, TensorSpec } from "../tensor";

/** What is wrong with tensors for a model; empty when nothing is. */
export function tensorFaults(specs: readonly TensorSpec[], tensors: readonly Tensor[], oneBatch: boolean): string[] {
    const faults: string[] = [];
    const first = tensors[0]?.shape[0];
    tensors.forEach(({ name, datatype, shape }, index) => {
        const at = `inputs[${index}]`;
        const spec = specs.find((one) => one.name === name);
        if (!spec) {
            faults.push(`${at}.name "${name.slice(0, 100)}" is no input of the model, which has ${namesOf(specs)}`);
            return;
        }
        if (tensors.findIndex((one) => one.name === name) < index) faults.push(`${at}.name ${name} is given twice`);
        if (datatype !== spec.datatype)
            faults.push(`${at}.datatype of ${name} must be ${spec.datatype}, got ${datatype}`);
        if (
            shape.length !== spec.shape.length ||
            shape.some((size, i) => spec.shape[i] !== -1 && spec.shape[i] !== size)
        )
            faults.push(`${at}.shape of ${name} must be [${spec.shape.join(", ")}], got [${shape.join(", ")}]`);
        else if (oneBatch && shape[0] !== first)
            faults.push(
                `${at}.shape of ${name} must begin as the first input's does, with ${first ?? 0}, got ${shape[0] ?? 0}`,
            );
    });
    for (const { name } of specs)
        if (!tensors.some((tensor) => tensor.name === name)) faults.push(`input ${name} is missing`);
    return faults;
}

/** What is wrong with the outputs that are asked for; empty when nothing is. */
export function wantedFaults(specs: readonly TensorSpec[], wanted: readonly string[]): string[] {
    return wanted.flatMap((name, index) => [
        ...(specs.some((spec) => spec.name === name)
            ? []
            : [
                  `outputs[${index}].name "${name.slice(0, 100)}" is no output of the model, which has ${namesOf(specs)}`,
              ]),
        ...(wanted.indexOf(name) < index ? [`outputs[${index}].name ${name} is given twice`] : []),
    ]);
}

const namesOf = (specs: readonly TensorSpec[]): string => specs.map(({ name }) => name).join(", ");
