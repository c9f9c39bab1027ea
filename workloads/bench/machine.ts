/** The machine a figure was taken on: no figure means anything without it. */
import { readFileSync, realpathSync } from "node:fs";
import os from "node:os";

export interface Machine {
  cpu: string;
  cores: number;
  memoryBytes: number;
  kernel: string;
  node: string;
  v8: string;
  /** Type of the file system that holds the benchmark's file, and where. */
  fileSystem: string;
  directory: string;
  date: string;
}

/** @param directory where the benchmark's file lies */
export function machine(directory: string): Machine {
  const cpus = os.cpus();
  return {
    cpu: cpus[0]?.model.trim() ?? "unknown",
    cores: cpus.length,
    memoryBytes: os.totalmem(),
    kernel: os.release(),
    node: process.version,
    v8: process.versions.v8,
    fileSystem: fileSystem(directory),
    directory,
    date: new Date().toISOString(),
  };
}

/** Type of the file system that holds a directory ("ext4", "tmpfs", ...), after the longest mount point above it. */
export function fileSystem(directory: string): string {
  const path = `${realpathSync(directory)}/`;
  let longest = "";
  let type = "unknown";
  for (const line of readFileSync("/proc/self/mounts", "utf8").split("\n")) {
    const [, escaped = "", kind = ""] = line.split(" ");
    const mount = escaped.replace(/\\([0-7]{3})/g, (_, octal) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    );
    const prefix = mount.endsWith("/") ? mount : `${mount}/`;
    if (mount !== "" && path.startsWith(prefix) && prefix.length >= longest.length) {
      longest = prefix;
      type = kind;
    }
  }
  return type;
}
