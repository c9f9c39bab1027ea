/** YCSB's core workloads that need no scan: their operations, in parts of one, and how records are chosen. */
export const OPERATIONS = ["read", "update", "insert", "readModifyWrite"] as const;
export type OperationName = (typeof OPERATIONS)[number];

export interface CoreWorkload {
  title: string;
  mix: Partial<Record<OperationName, number>>;
  distribution: "zipfian" | "latest" | "uniform";
}

export const CORE_WORKLOADS = {
  A: { title: "update heavy", mix: { read: 0.5, update: 0.5 }, distribution: "zipfian" },
  B: { title: "read mostly", mix: { read: 0.95, update: 0.05 }, distribution: "zipfian" },
  C: { title: "read only", mix: { read: 1 }, distribution: "zipfian" },
  D: { title: "read latest", mix: { read: 0.95, insert: 0.05 }, distribution: "latest" },
  F: { title: "read-modify-write", mix: { read: 0.5, readModifyWrite: 0.5 }, distribution: "zipfian" },
} satisfies Record<string, CoreWorkload>;

export type WorkloadName = keyof typeof CORE_WORKLOADS;
