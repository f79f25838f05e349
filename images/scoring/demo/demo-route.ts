import type { FastifyInstance } from "fastify";
import { demoPage, demoPolicy } from "./page";

/** `GET /demo`: a page for people, to be registered beside `POST /score`. */
export function demoRoute(app: FastifyInstance): void {
    app.get("/demo", (_, reply) =>
        reply
            .headers({ "content-security-policy": demoPolicy, "x-content-type-options": "nosniff" })
            .type("text/html; charset=utf-8")
            .send(demoPage),
    );
}
