import type { ResourceType } from "../resource-type";
import { alertTypes } from "./alerts";
import { clusterTypes } from "./cluster";
import { dataCollectionTypes } from "./data-collection";
import { diagnosticTypes } from "./diagnostic-setting";
import { consumptionTypes } from "./consumption";
import { encryptionTypes } from "./encryption";
import { grafanaTypes } from "./grafana";
import { identityTypes } from "./identity";
import { logAnalyticsTypes } from "./log-analytics";
import { machineLearningTypes } from "./machine-learning";
import { monitorScopeTypes } from "./monitor-scope";
import { networkTypes } from "./network";
import { policyTypes } from "./policy";
import { registryTypes } from "./registry";
import { resourcesTypes } from "./resources";
import { scaleSetTypes } from "./scale-set";
import { storageTypes } from "./storage";

/** Every resource type that the sandbox's Azure knows. */
export const azureTypes: readonly ResourceType[] = [
    ...resourcesTypes,
    ...networkTypes,
    ...identityTypes,
    ...encryptionTypes,
    ...registryTypes,
    ...storageTypes,
    ...clusterTypes,
    ...logAnalyticsTypes,
    ...scaleSetTypes,
    ...diagnosticTypes,
    ...machineLearningTypes,
    ...dataCollectionTypes,
    ...monitorScopeTypes,
    ...grafanaTypes,
    ...alertTypes,
    ...policyTypes,
    ...consumptionTypes,
];
