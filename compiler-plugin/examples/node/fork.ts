import { fork } from "node:child_process";

fork("../fixture/main.ts");
