import { program } from "./program";

// Pulumi runs the function that a program exports, and takes what it returns as the stack's outputs.
export = program;
