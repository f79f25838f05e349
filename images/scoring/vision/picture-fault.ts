/** A picture that cannot be scored, by HTTP's word for the reason; it is the sender's, and asking again does not help. */
export class PictureFault extends Error {
    override readonly name = "PictureFault";

    constructor(
        readonly status: 400 | 413 | 415 | 422,
        message: string,
    ) {
        super(message);
    }
}
