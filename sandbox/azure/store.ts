import { DatabaseSync } from "node:sqlite";
import type { StatementSync } from "node:sqlite";
import type { Properties, Stored } from "./resource-type";

/** A write that Azure has accepted and not finished. */
export interface Operation {
    id: string;
    kind: "create" | "update" | "delete";
    /** Ancestor that allows one write at a time, and that this one holds. */
    holds: string;
    /** Virtual moment at which Azure is done. */
    finishes: number;
}

/** A deleted resource whose name is still taken. */
export interface Held {
    resource: Stored;
    /** Virtual moment from which the name is free. */
    until: number;
}

/** A tag in a registry, with the digest that it stands for. */
export interface StoredImage {
    /** Full id of the registry. */
    registryId: string;
    repository: string;
    tag: string;
    digest: string;
}

/** What becomes of the store in one accepted request; all of it or nothing. */
export interface Change {
    image?: StoredImage;
    put?: { resource: Stored; realMoment: number };
    begin?: Operation;
    end?: readonly string[];
    remove?: readonly string[];
    hold?: readonly Held[];
    release?: readonly string[];
}

const tables = `
CREATE TABLE IF NOT EXISTS resources (
    key TEXT PRIMARY KEY, id TEXT NOT NULL, token TEXT NOT NULL, inputs TEXT NOT NULL, outputs TEXT NOT NULL,
    created REAL NOT NULL, real_created REAL NOT NULL);
CREATE TABLE IF NOT EXISTS operations (
    key TEXT PRIMARY KEY, id TEXT NOT NULL, kind TEXT NOT NULL, holds TEXT NOT NULL, finishes REAL NOT NULL);
CREATE TABLE IF NOT EXISTS held (key TEXT PRIMARY KEY, resource TEXT NOT NULL, until REAL NOT NULL);
CREATE TABLE IF NOT EXISTS attempts (key TEXT PRIMARY KEY, count INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS moments (name TEXT PRIMARY KEY, moment REAL NOT NULL);
CREATE TABLE IF NOT EXISTS images (
    registry TEXT NOT NULL, id TEXT NOT NULL, repository TEXT NOT NULL, tag TEXT NOT NULL, digest TEXT NOT NULL,
    PRIMARY KEY (registry, repository, tag));
`;

/**
 * The subscription on disk. Every change is one transaction, written before Azure's answer goes out, so a process killed
 * at any moment leaves a store that says what Azure had accepted. Live resources are also kept in memory, parsed.
 */
export class Store {
    private readonly database: DatabaseSync;
    private readonly statements = new Map<string, StatementSync>();
    private readonly resources = new Map<string, Stored>();
    private readonly realMoments = new Map<string, number>();
    private readonly running = new Map<string, Operation>();
    private readonly held = new Map<string, Held>();
    private listener: (() => void) | undefined;

    /** `file` is a path, or `:memory:`. */
    constructor(file: string) {
        this.database = new DatabaseSync(file);
        // NORMAL with a write-ahead log survives a killed process; only a power cut may lose the last change.
        this.database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;");
        this.database.exec(tables);
        this.load();
    }

    find(id: string): Stored | undefined {
        return this.resources.get(id.toLowerCase());
    }

    list(): Stored[] {
        return [...this.resources.values()];
    }

    /** Real milliseconds at which the resource came into being. */
    realMoment(id: string): number {
        return this.realMoments.get(id.toLowerCase()) ?? 0;
    }

    operations(): Operation[] {
        return [...this.running.values()];
    }

    /** What registries hold, by registry, repository and tag. */
    images(): StoredImage[] {
        const rows = this.statement("SELECT * FROM images ORDER BY registry, repository, tag").all();
        return rows.map(({ id, repository, tag, digest }) => ({
            ...{ registryId: String(id), repository: String(repository) },
            ...{ tag: String(tag), digest: String(digest) },
        }));
    }

    heldNames(): Held[] {
        return [...this.held.values()];
    }

    /** Latest moment the store has seen. */
    moment(): number {
        const row = this.statement("SELECT moment FROM moments WHERE name = 'latest'").get();
        return typeof row?.moment === "number" ? row.moment : 0;
    }

    /** Makes a change, whole or not at all, and remembers the moment. */
    apply(change: Change, moment: number): void {
        this.database.exec("BEGIN IMMEDIATE");
        try {
            this.write(change, moment);
            this.database.exec("COMMIT");
        } catch (fault) {
            this.database.exec("ROLLBACK");
            throw fault;
        }
        this.remember(change);
        this.listener?.();
    }

    /** Tells of every change, once it is there. */
    watch(listener: () => void): void {
        this.listener = listener;
    }

    /** How many times this was asked before; counts the asking. */
    nextAttempt(key: string): number {
        const row = this.statement(
            "INSERT INTO attempts VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET count = count + 1 RETURNING count",
        ).get(key);
        return Number(row?.count);
    }

    close(): void {
        this.database.close();
    }

    private load(): void {
        for (const row of this.statement("SELECT * FROM resources ORDER BY rowid").all()) {
            const id = String(row.id);
            this.resources.set(id.toLowerCase(), {
                id,
                token: String(row.token),
                inputs: JSON.parse(String(row.inputs)) as Properties,
                outputs: JSON.parse(String(row.outputs)) as Properties,
                createdAt: Number(row.created),
            });
            this.realMoments.set(id.toLowerCase(), Number(row.real_created));
        }
        for (const row of this.statement("SELECT * FROM operations").all()) {
            const id = String(row.id);
            const kind = String(row.kind) as Operation["kind"];
            const finishes = Number(row.finishes);
            this.running.set(id.toLowerCase(), { id, kind, holds: String(row.holds), finishes });
        }
        for (const row of this.statement("SELECT * FROM held").all()) {
            const resource = JSON.parse(String(row.resource)) as Stored;
            this.held.set(resource.id.toLowerCase(), { resource, until: Number(row.until) });
        }
    }

    private write(change: Change, moment: number): void {
        const { image, put, begin, end = [], remove = [], hold = [], release = [] } = change;
        if (image) {
            const { registryId, repository, tag, digest } = image;
            this.statement("INSERT OR REPLACE INTO images VALUES (?, ?, ?, ?, ?)").run(
                ...([registryId.toLowerCase(), registryId, repository, tag, digest] as const),
            );
        }
        if (put) {
            const { id, token, inputs, outputs, createdAt } = put.resource;
            this.statement(
                "INSERT INTO resources VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (key) DO UPDATE SET inputs = ?4, outputs = ?5",
            ).run(
                id.toLowerCase(),
                id,
                token,
                JSON.stringify(inputs),
                JSON.stringify(outputs),
                createdAt,
                put.realMoment,
            );
        }
        if (begin) {
            this.statement("INSERT OR REPLACE INTO operations VALUES (?, ?, ?, ?, ?)").run(
                begin.id.toLowerCase(),
                begin.id,
                begin.kind,
                begin.holds,
                begin.finishes,
            );
        }
        for (const id of end) this.statement("DELETE FROM operations WHERE key = ?").run(id.toLowerCase());
        for (const id of remove) {
            this.statement("DELETE FROM resources WHERE key = ?").run(id.toLowerCase());
            this.statement("DELETE FROM images WHERE registry = ?").run(id.toLowerCase());
        }
        for (const { resource, until } of hold) {
            this.statement("INSERT OR REPLACE INTO held VALUES (?, ?, ?)").run(
                resource.id.toLowerCase(),
                JSON.stringify(resource),
                until,
            );
        }
        for (const id of release) this.statement("DELETE FROM held WHERE key = ?").run(id.toLowerCase());
        this.statement("INSERT OR REPLACE INTO moments VALUES ('latest', ?)").run(moment);
    }

    private remember(change: Change): void {
        const { put, begin, end = [], remove = [], hold = [], release = [] } = change;
        if (put) {
            const key = put.resource.id.toLowerCase();
            if (!this.resources.has(key)) this.realMoments.set(key, put.realMoment);
            this.resources.set(key, put.resource);
        }
        if (begin) this.running.set(begin.id.toLowerCase(), begin);
        for (const id of end) this.running.delete(id.toLowerCase());
        for (const id of remove) this.resources.delete(id.toLowerCase());
        for (const held of hold) this.held.set(held.resource.id.toLowerCase(), held);
        for (const id of release) this.held.delete(id.toLowerCase());
    }

    private statement(sql: string): StatementSync {
        const known = this.statements.get(sql);
        if (known) return known;
        const prepared = this.database.prepare(sql);
        this.statements.set(sql, prepared);
        return prepared;
    }
}
