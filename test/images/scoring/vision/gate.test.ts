import { Gate } from "../../../../images/scoring/vision/gate";

test("so many are inside, so many wait, and more are sent away", async () => {
    const gate = new Gate(2, 1);
    const ends: (() => void)[] = [];
    let inside = 0;
    const enter = (): Promise<void> =>
        gate.pass(async () => {
            inside += 1;
            await new Promise<void>((end) => ends.push(end));
            inside -= 1;
        });
    const all = [enter(), enter(), enter()];
    await expect(enter()).rejects.toThrow("1 pictures wait to be decoded already");
    expect(inside).toBe(2);
    ends.shift()?.();
    await all[0];
    await Promise.resolve();
    expect(inside).toBe(2);
    for (const end of ends.splice(0)) end();
    await Promise.all(all);
    const again = [enter(), enter()];
    await Promise.resolve();
    expect(inside).toBe(2);
    for (const end of ends) end();
    await Promise.all(again);
});

test("who fails gives the place back", async () => {
    const gate = new Gate(1, 0);
    await expect(gate.pass(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
    await expect(gate.pass(() => Promise.resolve(1))).resolves.toBe(1);
});
