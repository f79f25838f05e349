import type * as pulumi from "@pulumi/pulumi";
import { Access } from "../../components/governance/access";
import { groupRows, type GroupScopeName } from "../../facts/access-table";
import type { Settings } from "../settings";

/** Gives people their roles, by the groups that config names. Nothing waits for them. */
export function groupAccess(
    { groups, naming }: Settings,
    on: Readonly<Record<GroupScopeName, pulumi.Input<string>>>,
): Access[] {
    return groupRows.flatMap(({ name, group, on: scope }) => {
        const principalId = groups[group];
        if (principalId === undefined) return [];
        const { subscriptionId } = naming;
        return [new Access(name, { row: name, scope: on[scope], principalId, subscriptionId, propagationSeconds: 0 })];
    });
}
