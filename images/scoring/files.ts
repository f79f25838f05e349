/** What work on a file comes to; undefined where there is no such file. */
export async function ifThere<T>(work: Promise<T>): Promise<T | undefined> {
    try {
        return await work;
    } catch (fault) {
        if ((fault as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw fault;
    }
}
