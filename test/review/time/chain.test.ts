import { spoken } from "../../../review/time/chain";

test.each([
    [40, "40 s"],
    [99, "99 s"],
    [120, "2 min"],
    [1500, "25 min"],
    [3900, "1 h 05 min"],
])("%s seconds are said as %s", (value, said) => {
    expect(spoken(value)).toBe(said);
});
