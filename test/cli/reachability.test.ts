import { wayLines } from "../../cli/reachability";

const ways = [
    {
        from: "platform-gateway: any pod",
        to: "team-a: component=endpoint",
        ports: ["8000/TCP"],
        by: ["team-a/gateway"],
    },
    { from: "team-ab: any pod", to: "the internet", ports: ["any"], by: [] },
];

test("the table tells who reaches whom, on which ports, and by which policies", () => {
    const text = wayLines(ways).join("\n");
    expect(text).toMatch(/platform-gateway: any pod +team-a: component=endpoint +8000\/TCP +team-a\/gateway/);
    expect(text).toMatch(/team-ab: any pod +the internet +any +no policy is about them/);
});

test("of a namespace, what goes there and what comes from there, and of no other whose name begins alike", () => {
    expect(wayLines(ways, "team-a")).toHaveLength(2);
    expect(wayLines(ways, "team-a")[1]).toContain("platform-gateway");
});
