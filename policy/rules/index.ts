import type { Rule } from "../rule";
import { accessRules } from "./access";
import { clusterRules } from "./cluster";
import { keyRules } from "./keys";
import { kubernetesRules } from "./kubernetes";
import { learningRules } from "./learning";
import { monitoringRules } from "./monitoring";
import { networkRules } from "./network";
import { registryRules } from "./registry";
import { storageRules } from "./storage";

/** Rules on a resource by itself, by what they are about. */
export const areas: Readonly<Record<string, readonly Rule[]>> = {
    Storage: storageRules,
    "Keys and disks": keyRules,
    Registry: registryRules,
    "Cluster and machines": clusterRules,
    Network: networkRules,
    Monitoring: monitoringRules,
    Rights: accessRules,
    "Machine learning": learningRules,
    "Objects of the cluster": kubernetesRules,
};

export const rules: readonly Rule[] = Object.values(areas).flat();
