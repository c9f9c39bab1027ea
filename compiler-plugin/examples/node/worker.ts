import { Worker } from "node:worker_threads";

new Worker(new URL("../fixture/main.ts", import.meta.url));
