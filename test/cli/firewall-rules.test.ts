import { ruleGroupBody, ruleLines } from "../../cli/firewall-rules";
import { readSettings } from "../../stacks/settings";
import { Estate } from "../sandbox/azure/estate";
import { dev } from "../stacks/good-settings";

const settings = readSettings({
    ...dev,
    "mlplatform:hub": '{"addressSpaces":["10.0.0.0/16"]}',
    "mlplatform:egress": '{"kind":"hubFirewall","nextHopIpAddress":"10.0.1.4","allowedFqdns":["data.example.com"]}',
    "mlplatform:sources": '["quay"]',
});

test("the table says who may reach what on which port, why, and on which page that stands", () => {
    const text = ruleLines("dev", settings).join("\n");
    expect(text).toContain("nodes are 10.20.0.0/21, agents 10.20.11.0/24");
    expect(text).toMatch(/aks-tag +nodes +tag AzureKubernetesService +443 HTTPS/);
    expect(text).toMatch(/node-updates +nodes +security\.ubuntu\.com +80 HTTP/);
    expect(text).toMatch(/source-quay +agents +quay\.io +443 HTTPS +images of Prometheus/);
    expect(text).toMatch(/configured +nodes, agents +data\.example\.com/);
    expect(text).not.toContain("nvidia");
    expect(text).toMatch(/source-quay +https:\/\/docs\.openshift\.com/);
    expect(text).toContain("ruleCollectionGroups/mlp-dev?api-version=");
});

test("the body is one that Azure Firewall takes into a hub's policy", async () => {
    const body = JSON.parse(JSON.stringify(ruleGroupBody(settings))) as { properties: Record<string, unknown> };
    const estate = await Estate.open();
    await estate.put("network:FirewallPolicy");
    const { outputs } = await estate.put("network:FirewallPolicyRuleCollectionGroup", {
        ruleCollectionGroupName: "mlp-dev",
        ...body.properties,
    });
    expect(outputs).toMatchObject({ provisioningState: "Succeeded", priority: 1000 });
    estate.close();
});
