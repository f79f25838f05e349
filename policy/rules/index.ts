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

/** Every rule on a resource by itself. */
export const rules: readonly Rule[] = [
    ...storageRules,
    ...keyRules,
    ...registryRules,
    ...clusterRules,
    ...networkRules,
    ...monitoringRules,
    ...accessRules,
    ...learningRules,
    ...kubernetesRules,
];
