import { readSchema } from "../../../sandbox/azure/schema";
import { armTemplate } from "../../../cli/arm/template";
import type { ArmResource, ArmTemplate } from "../../../cli/arm/template";
import type { ExportedResource } from "../../../cli/export";
import { schemaOf } from "../../../cli/local-azure";
import { places } from "../../../cli/places";
import type { Properties } from "../../../sandbox/azure/resource-type";
import type { Schema } from "../../../sandbox/azure/schema";
import { TypeTable } from "../../../sandbox/azure/type-table";
import { azureTypes } from "../../../sandbox/azure/types";
import { templateFaults } from "./template-faults";

const subscriptionId = "11111111-1111-4111-8111-111111111111";
const tenantId = "22222222-2222-4222-8222-222222222222";
const group = `/subscriptions/${subscriptionId}/resourceGroups/rg-ml`;
const network = `${group}/providers/Microsoft.Network`;
const types = new TypeTable(azureTypes);

let schema: Schema;
beforeAll(async () => {
    schema = readSchema(await schemaOf(places()));
});

function exported(kind: string, name: string, inputs: Properties, outputs: Properties = {}): ExportedResource {
    const type = `azure-native:${kind}`;
    const placed = "scope" in inputs ? {} : { resourceGroupName: "rg-ml" };
    const all = { azureApiVersion: schema.resources[type]?.apiVersion, ...placed, ...inputs };
    const id = types.idOf(type, all, subscriptionId);
    const urn = `urn:pulumi:dev::mlplatform::${type}::${name}`;
    return { type, name, urn, id, inputs: all, outputs: { ...all, ...outputs }, references: {} };
}

function template(...resources: ExportedResource[]): ArmTemplate {
    return armTemplate({ stack: "dev", resourcesAre: "planned", resources, schema, subscriptionId, tenantId });
}

function only(...resources: ExportedResource[]): ArmResource {
    const { resources: written } = template(...resources);
    const [one] = written;
    if (!one || written.length > 1) throw new Error(`expected one resource, got ${written.length}`);
    return one;
}

const rg = (): ExportedResource => exported("resources:ResourceGroup", "group", { location: "swedencentral" });
const identity = (): ExportedResource =>
    exported(
        "managedidentity:UserAssignedIdentity",
        "identity",
        { resourceName: "id-ml", location: "swedencentral" },
        { clientId: "aaaaaaaa-0000-4000-8000-000000000001", principalId: "aaaaaaaa-0000-4000-8000-000000000002" },
    );
const vnet = (over: Properties = {}): ExportedResource =>
    exported("network:VirtualNetwork", "network", { virtualNetworkName: "vnet", location: "swedencentral", ...over });

describe("a template's resource", () => {
    test("has its own properties below `properties`, and beside them what every resource has", () => {
        const address = { publicIpAddressName: "pip", location: "swedencentral", zones: ["1"], tags: { a: "b" } };
        expect(
            only(
                exported("network:PublicIPAddress", "egress", {
                    ...address,
                    sku: { name: "Standard" },
                    publicIPAllocationMethod: "Static",
                }),
            ),
        ).toEqual({
            type: "Microsoft.Network/publicIPAddresses",
            apiVersion: "2024-05-01",
            name: "pip",
            comments: "egress, in rg-ml",
            ...{ location: "swedencentral", zones: ["1"], tags: { a: "b" }, sku: { name: "Standard" } },
            properties: { publicIPAllocationMethod: "Static" },
        });
    });

    test("has its nested resources' properties below theirs", () => {
        const rule = { name: "deny", access: "Deny", direction: "Inbound", priority: 100, protocol: "*" };
        const nsg = exported("network:NetworkSecurityGroup", "nsg", {
            networkSecurityGroupName: "nsg",
            securityRules: [rule],
        });
        const { name, ...rest } = rule;
        expect(only(nsg).properties).toEqual({ securityRules: [{ name, properties: rest }] });
    });

    test("has the names that the API has", () => {
        const account = exported("storage:StorageAccount", "data", {
            accountName: "stml",
            kind: "StorageV2",
            sku: { name: "Standard_ZRS" },
            enableHttpsTrafficOnly: true,
            networkRuleSet: { defaultAction: "Deny", ipRules: [{ iPAddressOrRange: "198.51.100.1" }] },
            encryption: { keySource: "Microsoft.Keyvault", keyVaultProperties: { keyName: "key" } },
        });
        expect(only(account)).toMatchObject({
            kind: "StorageV2",
            properties: {
                supportsHttpsTrafficOnly: true,
                networkAcls: { defaultAction: "Deny", ipRules: [{ value: "198.51.100.1" }] },
                encryption: { keySource: "Microsoft.Keyvault", keyvaultproperties: { keyname: "key" } },
            },
        });
    });

    test("that is one of several shapes says which as the API does", () => {
        const rules = exported("network:FirewallPolicyRuleCollectionGroup", "rules", {
            ...{ firewallPolicyName: "policy", ruleCollectionGroupName: "rules" },
            ruleCollections: [{ odataType: "one", rules: [{ odataType: "other" }] }],
        });
        expect(only(rules).properties).toEqual({
            ruleCollections: [{ "odata.type": "one", rules: [{ "odata.type": "other" }] }],
        });
    });

    test("below another has that one's name before its own, and waits for it", () => {
        const zone = `${network}/networkSecurityGroups/elsewhere`;
        const subnet = exported("network:Subnet", "nodes", {
            virtualNetworkName: "vnet",
            subnetName: "nodes",
            networkSecurityGroup: { id: zone },
        });
        const { resources } = template(rg(), vnet(), subnet);
        expect(resources.find(({ comments }) => comments.startsWith("nodes"))).toMatchObject({
            type: "Microsoft.Network/virtualNetworks/subnets",
            name: "vnet/nodes",
            properties: {
                networkSecurityGroup: {
                    id: "[resourceId('rg-ml', 'Microsoft.Network/networkSecurityGroups', 'elsewhere')]",
                },
            },
            // The security group is not of this stack; its group is.
            dependsOn: [
                "[resourceId('rg-ml', 'Microsoft.Network/virtualNetworks', 'vnet')]",
                "[subscriptionResourceId('Microsoft.Resources/resourceGroups', 'rg-ml')]",
            ],
        });
        expect(resources.find(({ comments }) => comments.startsWith("network"))?.dependsOn).toEqual([
            "[subscriptionResourceId('Microsoft.Resources/resourceGroups', 'rg-ml')]",
        ]);
    });

    test("that extends another has it as its scope; a role assignment is named after what decides it", () => {
        const role = "b24988ac-6180-42a0-ab88-20f7382dd24c";
        const assignment = exported("authorization:RoleAssignment", "role", {
            roleAssignmentName: "cccccccc-0000-4000-8000-000000000003",
            roleDefinitionId: `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
            principalId: "aaaaaaaa-0000-4000-8000-000000000002",
            scope: `${network}/virtualNetworks/vnet`,
        });
        const vnetId = "resourceId('rg-ml', 'Microsoft.Network/virtualNetworks', 'vnet')";
        const identityId = "resourceId('rg-ml', 'Microsoft.ManagedIdentity/userAssignedIdentities', 'id-ml')";
        const { resources } = template(vnet(), identity(), assignment);
        expect(resources.find(({ type }) => type.endsWith("/roleAssignments"))).toEqual({
            type: "Microsoft.Authorization/roleAssignments",
            apiVersion: "2022-04-01",
            name: `[guid(${vnetId}, ${identityId}, '${role}')]`,
            scope: `[${vnetId}]`,
            comments: "role, in rg-ml",
            properties: {
                principalId: `[reference(${identityId}, '2023-01-31').principalId]`,
                roleDefinitionId: `[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '${role}')]`,
            },
            dependsOn: [`[${identityId}]`, `[${vnetId}]`],
        });
        // One for a principal that the stack does not make has the name that it has.
        const { name } = only(assignment);
        expect(name).toBe("cccccccc-0000-4000-8000-000000000003");
    });
});

describe("values", () => {
    const tagged = (tag: string): unknown => {
        const { resources } = template(identity(), vnet({ tags: { tag } }));
        return resources.find(({ comments }) => comments.startsWith("network"))?.tags;
    };
    const clientId =
        "reference(resourceId('rg-ml', 'Microsoft.ManagedIdentity/userAssignedIdentities', 'id-ml'), '2023-01-31').clientId";

    test.each([
        ["plain", "plain"],
        ["it's", "it's"],
        ["[half a bracket", "[half a bracket"],
        ["[looks like one]", "[[looks like one]"],
        [`/subscriptions/${subscriptionId}`, "[subscription().id]"],
        [subscriptionId, "[subscription().subscriptionId]"],
        [tenantId, "[subscription().tenantId]"],
        [group, "[concat(subscription().id, '/resourceGroups/rg-ml')]"],
        ["aaaaaaaa-0000-4000-8000-000000000001", `[${clientId}]`],
        ["for 'x': aaaaaaaa-0000-4000-8000-000000000001.", `[concat('for ''x'': ', ${clientId}, '.')]`],
        [
            "/subscriptions/99999999-9999-4999-8999-999999999999/resourceGroups/hub",
            "/subscriptions/99999999-9999-4999-8999-999999999999/resourceGroups/hub",
        ],
    ])("%s is written as %s", (value, written) => {
        expect(tagged(value)).toEqual({ tag: written });
    });

    test("that are secret or not known are parameters, and nothing of them is in the template", () => {
        const { parameters, resources } = template(vnet({ tags: { key: "[secret]", later: "[unknown]" } }));
        expect(resources[0]?.tags).toEqual({
            key: "[parameters('network_tags_key')]",
            later: "[parameters('network_tags_later')]",
        });
        expect(parameters).toMatchObject({
            network_tags_key: { type: "securestring", metadata: { description: "network_tags_key: a secret" } },
            network_tags_later: { type: "string" },
        });
        expect(parameters.network_tags_key).not.toHaveProperty("defaultValue");
    });
});

test("a type whose request is not known fails by its name", () => {
    const strange = { ...vnet(), type: "azure-native:network:Strange" };
    expect(() => template(strange)).toThrow('"azure-native:network:Strange"');
});

test("a resource whose id is not known fails by its name", () => {
    const { id, ...planned } = vnet();
    expect(id).toBeDefined();
    expect(() => template(planned)).toThrow("VirtualNetwork::network is not known");
});

test("the order is the same, whatever order the engine has", () => {
    expect(template(rg(), vnet(), identity())).toEqual(template(identity(), vnet(), rg()));
});

describe("the check of templates", () => {
    test("finds nothing in a right one", () => {
        expect(templateFaults(template(rg(), vnet({ addressSpace: { addressPrefixes: [] } })), schema)).toEqual([]);
    });

    test.each<[string, (resource: ArmResource) => ArmResource, RegExp]>([
        ["a name of too many parts", (one) => ({ ...one, name: "a/b" }), /not as many parts/],
        ["another API version", (one) => ({ ...one, apiVersion: "2015-01-01" }), /is not azure-native's 2024/],
        ["a property that is nowhere", (one) => ({ ...one, properties: { space: 1 } }), /properties.space is no input/],
        ["a property in its flat place", (one) => ({ ...one, dhcpOptions: {} }), /dhcpOptions is no input/],
        ["a wrong value", (one) => ({ ...one, location: 7 }), /'location' must be a string/],
        ["a dependency that is not there", (one) => ({ ...one, dependsOn: ["[x]"] }), /waits for \[x\]/],
        ["a scope", (one) => ({ ...one, scope: "[x]" }), /scope/],
    ])("finds %s", (_, spoil, fault) => {
        const right = template(vnet());
        const spoilt = { ...right, resources: right.resources.map(spoil) };
        expect(templateFaults(spoilt, schema)).toContainEqual(expect.stringMatching(fault));
    });

    test("finds what is there twice, and what waits for itself", () => {
        const right = template(vnet());
        const [one] = right.resources;
        if (!one) throw new Error("nothing");
        const own = ["[resourceId('rg-ml', 'Microsoft.Network/virtualNetworks', 'vnet')]"];
        const faults = templateFaults({ ...right, resources: [one, { ...one, dependsOn: own }] }, schema);
        expect(faults).toContainEqual(expect.stringContaining("is there twice"));
        expect(faults).toContainEqual(expect.stringContaining("waits for itself"));
    });
});
