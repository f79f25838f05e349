import { operationColours, pageColours } from "../picture/colours";

const variables = (scheme: "light" | "dark"): string => {
    const { page, text, small } = pageColours[scheme];
    const rest = {
        light: "--line:#d0d7de;--raised:#f6f8fa;--link:#0969da;--bad:#cf222e",
        dark: "--line:#30363d;--raised:#161b22;--link:#58a6ff;--bad:#ff6a60",
    }[scheme];
    const operations = Object.entries(operationColours).map(([name, colours]) => `--${name}:${colours[scheme]}`);
    return `:root{--page:${page};--text:${text};--small:${small};${rest};${operations.join(";")}}`;
};

/** Light or dark as the reader has it; tables scroll by themselves where it is narrow. */
export const style = `${variables("light")}
@media (prefers-color-scheme:dark){${variables("dark")}}
:root{color-scheme:light dark}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1400px;padding:24px;background:var(--page);color:var(--text);font:15px/1.5 sans-serif}
h1{font-size:24px;margin:0 0 4px}h2{font-size:18px;margin:36px 0 10px;padding-bottom:4px;border-bottom:1px solid var(--line)}
h3{font-size:15px;margin:18px 0 6px}
p{margin:6px 0}a{color:var(--link)}
code,pre{font:13px/1.45 monospace}
code{overflow-wrap:anywhere}pre{margin:0;white-space:pre-wrap;overflow-wrap:anywhere;max-height:24em;overflow:auto}
.small,.none{color:var(--small)}.small{font-size:13px}
.verdict{font-size:16px}.bad{color:var(--bad);font-weight:bold}
nav{display:flex;flex-wrap:wrap;gap:4px 16px;margin:10px 0}
.wide{overflow-x:auto;max-width:100%}
table{border-collapse:collapse;min-width:50%}
th,td{border:1px solid var(--line);padding:5px 10px;text-align:left;vertical-align:top}
th{background:var(--raised);font-weight:600;font-size:13px}
.figure{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.operation{display:inline-block;padding:0 8px;border-radius:10px;border:1px solid;font-size:13px;font-weight:600;white-space:nowrap}
${Object.keys(operationColours)
    .map((name) => `.${name}{color:var(--${name})}`)
    .join("")}
.secret,.unknown{border-radius:4px;padding:0 5px;border:1px dashed var(--small);color:var(--small);font:12px monospace}
.unknown{border-style:dotted;font-style:italic}
.picture{overflow-x:auto;border:1px solid var(--line);border-radius:6px}
.picture img{display:block;width:100%;min-width:900px;height:auto}
.legend{display:flex;flex-wrap:wrap;gap:6px 12px;margin:8px 0}
.filter{display:flex;flex-wrap:wrap;gap:8px 16px;align-items:center;padding:10px;margin-bottom:10px;border:1px solid var(--line);border-radius:6px;background:var(--raised)}
.filter[hidden],[data-change][hidden]{display:none}
.filter input[type=search]{min-width:220px;flex:1;font:inherit;padding:4px 8px;color:inherit;background:var(--page);border:1px solid var(--line);border-radius:4px}
[data-change]{border:1px solid var(--line);border-radius:6px;margin:8px 0;padding:8px 12px}
[data-change] .head{display:flex;flex-wrap:wrap;gap:4px 10px;align-items:baseline}
.changes{width:100%;min-width:640px;table-layout:fixed;margin-top:8px}.changes th:first-child{width:28%}
summary{cursor:pointer;color:var(--link);margin:6px 0}
ul{margin:6px 0;padding-left:22px}
@media (max-width:600px){body{padding:12px}}
@media print{.filter{display:none}}
`;
