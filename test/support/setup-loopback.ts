/** Runs before every file of a project whose tests talk to servers and processes of their own; after `setup.ts`. */
import { useLoopback } from "./loopback.ts";

useLoopback();
