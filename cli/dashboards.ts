import { join, resolve } from "node:path";
import { dashboardFiles } from "../components/observability/dashboards";
import { writeWhole } from "../sandbox/files";
import type { Context } from "./stack-run";

/**
 * Writes Grafana's dashboards to a folder, and prints how they get into a managed Grafana: its dashboards are no resources of
 * Azure's, so no stack can hold them.
 * @see https://learn.microsoft.com/cli/azure/grafana/dashboard
 */
export function writeDashboards({ terminal }: Context, folder: string): void {
    const files = Object.entries(dashboardFiles());
    for (const [name, content] of files)
        writeWhole(join(resolve(folder), name), `${JSON.stringify(content, undefined, 2)}\n`);
    terminal.line(`${files.length} dashboards in ${folder}. From inside the network, as somebody with Grafana Admin:`);
    for (const [name] of files)
        terminal.line(
            `  az grafana dashboard create --name GRAFANA --resource-group GROUP --overwrite true --definition @${join(folder, name)}`,
        );
}
