import { allowLoopback } from "./guard.ts";

allowLoopback();
