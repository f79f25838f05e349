import { runnerFaults } from "../../components/runner/runner-choice";
import { regions } from "../../facts/regions";
import { vmSize, zonesOffering } from "../../facts/vm-sizes";
import type { Settings } from "../settings";

/** The CI machines themselves, and that the region has them. */
export function runnerRules({ runner, location, verifiedVmSizes }: Settings): (string | false)[] {
    if (runner.kind === "none") return [];
    const field = "mlplatform:runner";
    const size = vmSize(runner.vmSize);
    const verified = verifiedVmSizes.some((name) => name.toLowerCase() === runner.vmSize.toLowerCase());
    const zones = regions[location]?.zones === true ? ["1", "2", "3"] : [];
    return [
        ...runnerFaults(field, runner),
        size !== undefined &&
            !verified &&
            zonesOffering(size, location, zones) === undefined &&
            `${field}.vmSize must be offered in ${location}, got "${runner.vmSize}"; if az vm list-skus says it is, list it under mlplatform:verifiedVmSizes`,
    ];
}
