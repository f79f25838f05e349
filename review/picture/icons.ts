import type { Icon } from "./picture";

/** Plain line drawings of 18 by 18, our own, in the colour of the shape that they are on. */
export const icons: Record<Icon, string> = {
    globe: "M9 1.5a7.5 7.5 0 1 0 0 15a7.5 7.5 0 1 0 0-15M1.5 9h15M9 1.5c-4.5 4.5-4.5 10.5 0 15M9 1.5c4.5 4.5 4.5 10.5 0 15",
    building: "M4 16.5v-14h10v14M2 16.5h14M7 5.5h1M10 5.5h1M7 8.5h1M10 8.5h1M7.5 16.5v-4h3v4",
    hub: "M9 6.5a2.5 2.5 0 1 0 0 5a2.5 2.5 0 1 0 0-5M9 6.5v-5M9 11.5v5M6.5 9h-5M11.5 9h5",
    exit: "M9.5 2.5h-7v13h7M6.5 9h10M13 5.5l3.5 3.5l-3.5 3.5",
    shield: "M9 1.5l6.5 2.5v4.5c0 4-3 6.5-6.5 8c-3.5-1.5-6.5-4-6.5-8v-4.5zM6 9l2.200 2.200l4-4.400",
    gateway: "M2 16v-9a7 7 0 0 1 14 0v9M6 16v-8.5a3 3 0 0 1 6 0v8.5M1 16h16",
    network: "M6.5 2h5v4h-5zM1.5 12h5v4h-5zM11.5 12h5v4h-5zM9 6v3M4 12v-3h10v3",
    subnet: "M2 4h14v10h-14zM2 9h14M7 4v10",
    names: "M2 2h6l8.5 8.5l-6 6l-8.5-8.5zM5 5.5h1",
    plug: "M1.5 9h4M5.5 5v8h3a4 4 0 0 0 0-8zM12.5 7h4M12.5 11h4",
    server: "M2.5 2.5h13v5h-13zM2.5 10.5h13v5h-13zM5 5h1M5 13h1M9 5h4M9 13h4",
    chip: "M4.5 4.5h9v9h-9zM7 7h4v4h-4zM7 1.5v3M11 1.5v3M7 13.5v3M11 13.5v3M1.5 7h3M1.5 11h3M13.5 7h3M13.5 11h3",
    wheel: "M9 2a7 7 0 1 0 0 14a7 7 0 1 0 0-14M9 7a2 2 0 1 0 0 4a2 2 0 1 0 0-4M9 2v5M9 11v5M2 9h5M11 9h5",
    agent: "M2.5 3.5h13v9h-13zM6 16h6M9 12.5v3.5M5.5 6.5l2 1.700l-2 1.700M9.5 10h3",
    cylinder:
        "M3 4.5c0-3.300 12-3.300 12 0v9c0 3.300-12 3.300-12 0zM3 4.5c0 3.300 12 3.300 12 0M3 9c0 3.300 12 3.300 12 0",
    layers: "M9 2l7.5 3.5l-7.5 3.5l-7.5-3.5zM1.5 9l7.5 3.5l7.5-3.5M1.5 12.5l7.5 3.5l7.5-3.5",
    safe: "M2 2.5h14v12h-14zM9 5.5a3 3 0 1 0 0 6a3 3 0 1 0 0-6M9 8.5l1.5-1.5M4.5 14.5v2M13.5 14.5v2",
    key: "M6 5a4 4 0 1 0 0 8a4 4 0 1 0 0-8M10 9h6.5v3M13.5 9v2.5",
    chart: "M2 2v14h14.5M4.5 12.5l3.5-4l3 2.5l4.5-6",
    flask: "M7 2v5l-4.5 8.5h13l-4.5-8.5v-5M5.5 2h7M5 11.5h8",
    folder: "M1.5 4v11h15v-9h-7.5l-2-2z",
    box: "M2.5 5l6.5-3l6.5 3v8l-6.5 3l-6.5-3zM2.5 5l6.5 3l6.5-3M9 8v8",
};
