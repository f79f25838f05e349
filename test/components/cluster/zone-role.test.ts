import { assignmentName, zoneRoleFault } from "../../../components/cluster/zone-role";
import { Access } from "../../../components/governance/access";
import { only, value } from "../../mocks";

const zoneId =
    "/subscriptions/33333333-3333-4333-8333-333333333333/resourceGroups/hub/providers/Microsoft.Network/privateDnsZones/private.swedencentral.azmk8s.io";
const principalId = "55555555-5555-4555-8555-555555555555";

test("the role that the hub's team gives is found under the name that ours would have", async () => {
    const access = new Access("access", {
        ...{ row: "cluster-api-server-zone", scope: zoneId, principalId, subscriptionId: "s", propagationSeconds: 0 },
    });
    await value(access.ready);
    expect(only("authorization:RoleAssignment").inputs.roleAssignmentName).toBe(assignmentName(zoneId, principalId));
});

test("the hub's team is given the exact command", () => {
    expect(zoneRoleFault("cluster", zoneId, principalId)).toBe(
        "cluster: its identity has no role on the zone of the API server. The hub's team runs: " +
            `az role assignment create --name ${assignmentName(zoneId, principalId)} ` +
            "--role b12aa53e-6015-4669-85d0-8515ebb3ae7f " +
            `--assignee-object-id ${principalId} --assignee-principal-type ServicePrincipal --scope ${zoneId}; then run up again`,
    );
});
