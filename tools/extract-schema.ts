import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as ts from "typescript";
import type { PropertySchema, ResourceSchema, Schema } from "../sandbox/azure/schema";

/** Of the layout of the file written; a change makes every kept file be written again. */
const format = 5;

/**
 * Makes the schema file of the given resource types from the type declarations that ship with `@pulumi/azure-native`,
 * unless the file is there for the same types and package version.
 * @param path - File to write.
 * @param tokens - Such as `azure-native:network:Subnet`.
 * @returns whether it was made anew.
 */
export function ensureSchema(path: string, tokens: readonly string[]): boolean {
    const packageFolder = dirname(require.resolve("@pulumi/azure-native/package.json"));
    const packageVersion = readVersion(packageFolder);
    if (isCurrent(path, packageVersion, tokens)) return false;
    const schema = extractSchema(packageFolder, packageVersion, tokens);
    mkdirSync(dirname(path), { recursive: true });
    // A killed process must leave either the whole file or none.
    writeFileSync(`${path}.${process.pid}`, JSON.stringify(schema));
    renameSync(`${path}.${process.pid}`, path);
    return true;
}

function readVersion(packageFolder: string): string {
    const { version } = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8")) as { version: string };
    return version;
}

function isCurrent(path: string, packageVersion: string, tokens: readonly string[]): boolean {
    const kept = readKept(path);
    const same = kept?.packageVersion === packageVersion && kept.format === format;
    return (
        same &&
        Object.keys(kept.resources ?? {})
            .sort()
            .join() === [...tokens].sort().join()
    );
}

/** The file as it is; undefined when there is none, or none that can be read. */
function readKept(path: string): Partial<Schema> | undefined {
    try {
        return JSON.parse(readFileSync(path, "utf8")) as Partial<Schema>;
    } catch {
        return undefined;
    }
}

/** @throws Error naming a token that the package does not have. */
function extractSchema(packageFolder: string, packageVersion: string, tokens: readonly string[]): Schema {
    const declarations = new Declarations(packageFolder);
    const resources: Record<string, ResourceSchema> = {};
    for (const token of [...tokens].sort()) resources[token] = declarations.resource(token);
    return { packageVersion, format, resources, types: declarations.collectedTypes() };
}

/** The package's declaration files, each read once and only as far as asked for. */
class Declarations {
    private readonly inputText: string;
    private readonly inputs = new Map<string, Map<string, ts.InterfaceDeclaration>>();
    private readonly enums = new Map<string, Map<string, readonly (string | number)[]>>();
    private readonly types: Record<string, Record<string, PropertySchema>> = {};

    constructor(private readonly folder: string) {
        this.inputText = readFileSync(join(folder, "types", "input.d.ts"), "utf8");
    }

    collectedTypes(): Schema["types"] {
        return this.types;
    }

    resource(token: string): ResourceSchema {
        const [, moduleName = "", typeName = ""] = token.split(":");
        const fileName = `${typeName.charAt(0).toLowerCase()}${typeName.slice(1)}.d.ts`;
        const file = join(this.folder, moduleName, fileName);
        if (!existsSync(file)) throw new Error(`@pulumi/azure-native has no resource type "${token}" (no ${file})`);
        const source = parse(fileName, readFileSync(file, "utf8"));
        const apiVersion = /Uses Azure REST API version ([\w-]+)/.exec(source.text)?.[1] ?? "";
        const classes = source.statements.filter(ts.isClassDeclaration);
        const outputs = classes.flatMap(({ members }) => members.filter(ts.isPropertyDeclaration)).map(nameOf);
        const args = source.statements
            .filter(ts.isInterfaceDeclaration)
            .find(({ name }) => name.text === `${typeName}Args`);
        if (!args) throw new Error(`${file} declares no ${typeName}Args`);
        return { apiVersion, inputs: this.properties(args), outputs };
    }

    private properties(declaration: ts.InterfaceDeclaration): Record<string, PropertySchema> {
        const members = declaration.members.filter(ts.isPropertySignature);
        return Object.fromEntries(
            members.map((member) => {
                const property = member.type ? this.property(member.type) : { type: "any" as const };
                return [nameOf(member), member.questionToken ? property : { ...property, required: true as const }];
            }),
        );
    }

    private property(node: ts.TypeNode): PropertySchema {
        const choices = flatten(node).filter((choice) => !misleading(choice));
        const values = choices.flatMap((choice) => this.enumValues(choice));
        const plain = choices.filter((choice) => this.enumValues(choice).length === 0);
        const [first] = plain;
        if (values.length > 0) {
            // `string | enums.X`: the values that are known, and room for those that Azure adds.
            const type = typeof values[0] === "number" ? "number" : "string";
            return plain.length > 0 ? { type, values, open: true } : { type, values };
        }
        if (!first || plain.length > 1) return { type: "any" };
        return this.plainProperty(first);
    }

    private plainProperty(node: ts.TypeNode): PropertySchema {
        if (node.kind === ts.SyntaxKind.StringKeyword) return { type: "string" };
        if (node.kind === ts.SyntaxKind.NumberKeyword) return { type: "number" };
        if (node.kind === ts.SyntaxKind.BooleanKeyword) return { type: "boolean" };
        if (ts.isArrayTypeNode(node)) return { type: "array", items: this.property(node.elementType) };
        if (ts.isTypeLiteralNode(node)) {
            const index = node.members.find(ts.isIndexSignatureDeclaration);
            return index ? { type: "map", items: this.property(index.type) } : { type: "any" };
        }
        const [scope, moduleName, typeName] = qualifiedName(node);
        if (scope !== "inputs" || moduleName === undefined || typeName === undefined) return { type: "any" };
        return { type: "ref", ref: this.collect(moduleName, typeName) };
    }

    /** Takes a nested input type in, with all that it names. */
    private collect(moduleName: string, typeName: string): string {
        const ref = `${moduleName}.${typeName}`;
        if (ref in this.types) return ref;
        const declaration = this.inputTypes(moduleName).get(typeName);
        if (!declaration) throw new Error(`types/input.d.ts declares no ${ref}`);
        this.types[ref] = {}; // Types name one another in circles.
        this.types[ref] = this.properties(declaration);
        return ref;
    }

    private inputTypes(moduleName: string): Map<string, ts.InterfaceDeclaration> {
        const known = this.inputs.get(moduleName);
        if (known) return known;
        // Parsing one namespace instead of all eight megabytes is the difference between a blink and seconds.
        const start = this.inputText.indexOf(`export declare namespace ${moduleName} {`);
        const end = this.inputText.indexOf("\n}", start);
        const source = parse(`${moduleName}.d.ts`, start < 0 ? "" : this.inputText.slice(start, end + 2));
        const blocks = source.statements.filter(ts.isModuleDeclaration).map(({ body }) => body);
        const interfaces = blocks.flatMap((body) => {
            return body && ts.isModuleBlock(body) ? body.statements.filter(ts.isInterfaceDeclaration) : [];
        });
        const found = new Map(interfaces.map((declaration) => [declaration.name.text, declaration]));
        this.inputs.set(moduleName, found);
        return found;
    }

    private enumValues(node: ts.TypeNode): readonly (string | number)[] {
        const [scope, moduleName, name] = qualifiedName(node);
        if (scope !== "enums" || moduleName === undefined || name === undefined) return [];
        const known =
            this.enums.get(moduleName) ?? readEnums(join(this.folder, "types", "enums", moduleName, "index.d.ts"));
        this.enums.set(moduleName, known);
        return known.get(name) ?? [];
    }
}

function readEnums(file: string): Map<string, readonly (string | number)[]> {
    const statements = parse(file, readFileSync(file, "utf8")).statements.filter(ts.isVariableStatement);
    const declared = statements.flatMap(({ declarationList }) => [...declarationList.declarations]);
    return new Map(
        declared.map(({ name, type }) => {
            const members = type && ts.isTypeLiteralNode(type) ? type.members.filter(ts.isPropertySignature) : [];
            return [name.getText(), members.flatMap(({ type: value }) => (value ? literal(value) : []))];
        }),
    );
}

function literal(node: ts.TypeNode): (string | number)[] {
    if (!ts.isLiteralTypeNode(node)) return [];
    if (ts.isStringLiteral(node.literal)) return [node.literal.text];
    return ts.isNumericLiteral(node.literal) ? [Number(node.literal.text)] : [];
}

/** The alternatives of a type, with `pulumi.Input<...>` unwrapped and `undefined` left out. */
/**
 * Enumerations that do not say what Azure takes. Of the streams of data collection, the specification names a handful of
 * hundreds; operators of log alerts (`GreaterThan`) have the name of another enumeration, which the package puts in place.
 */
function misleading(node: ts.TypeNode): boolean {
    const [scope, moduleName, typeName = ""] = qualifiedName(node);
    return scope === "enums" && moduleName === "monitor" && /^(Known\w+Streams|ConditionOperator)$/.test(typeName);
}

function flatten(node: ts.TypeNode): ts.TypeNode[] {
    if (ts.isUnionTypeNode(node)) return node.types.flatMap(flatten);
    if (ts.isParenthesizedTypeNode(node)) return flatten(node.type);
    if (node.kind === ts.SyntaxKind.UndefinedKeyword) return [];
    const [scope, name] = qualifiedName(node);
    const inner = ts.isTypeReferenceNode(node) ? node.typeArguments?.[0] : undefined;
    return scope === "pulumi" && name === "Input" && inner ? flatten(inner) : [node];
}

/** `inputs.network.SubResourceArgs` as its parts. */
function qualifiedName(node: ts.TypeNode): string[] {
    return ts.isTypeReferenceNode(node) ? node.typeName.getText().split(".") : [];
}

function nameOf(member: ts.PropertySignature | ts.PropertyDeclaration): string {
    return ts.isStringLiteral(member.name) ? member.name.text : member.name.getText();
}

function parse(name: string, text: string): ts.SourceFile {
    return ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
}
