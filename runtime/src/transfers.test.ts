/** The buffer of an open region cannot be taken away, by whatever would detach it; every other transfer is as ever. */

import { BroadcastChannel, MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
import { expect } from "chai";
import type { Region } from "fams";
import { openRegion, thrownBy } from "./test-scratch.ts";

// biome-ignore lint/suspicious/noExplicitAny: methods that this version of Node.js may not have
type Any = any;

/** Calls that would transfer a buffer. */
const TRANSFERS: Record<string, (buffer: ArrayBuffer) => unknown> = {
  structuredClone: (buffer) => structuredClone(buffer, { transfer: [buffer] }),
  "structuredClone of something else": (buffer) => structuredClone(5, { transfer: [buffer] }),
  "structuredClone, from a set": (buffer) => structuredClone(5, { transfer: new Set([buffer]) } as Any),
  "MessagePort.postMessage": (buffer) => withPort((port) => port.postMessage(5, [buffer])),
  "postMessage with options": (buffer) =>
    withPort((port) => port.postMessage(5, { transfer: [buffer] } as Any)),
  "postMessage of what a generator yields": (buffer) =>
    withPort((port) =>
      port.postMessage(
        5,
        (function* () {
          yield buffer;
        })() as Any,
      ),
    ),
  "Reflect.apply of postMessage": (buffer) =>
    withPort((port) => Reflect.apply(port.postMessage, port, [buffer, [new ArrayBuffer(8), buffer]])),
  "new Worker": (buffer) => new Worker("", { eval: true, workerData: 5, transferList: [buffer] }),
  "ArrayBuffer.prototype.transfer": (buffer) => (buffer as Any).transfer(),
  "ArrayBuffer.prototype.transferToFixedLength": (buffer) => (buffer as Any).transferToFixedLength(8),
};

function withPort<T>(use: (port: MessageChannel["port1"]) => T): T {
  const { port1, port2 } = new MessageChannel();
  try {
    return use(port1);
  } finally {
    port1.close();
    port2.close();
  }
}

function outcomeOf(call: () => unknown): string {
  try {
    call();
    return "nothing thrown";
  } catch (error) {
    return (error as Error).message;
  }
}

const inUse = (region: Region) => {
  expect(region.buffer.byteLength).to.equal(65_536);
  new Float64Array(region.buffer)[9]++;
  region.msyncSync();
};

describe("the buffer of a region", () => {
  for (const [name, transfer] of Object.entries(TRANSFERS))
    it(`is refused to ${name}`, function () {
      const method = /ArrayBuffer\.prototype\.(\w+)/.exec(name)?.[1];
      if (method !== undefined && !(method in ArrayBuffer.prototype)) this.skip();
      const region = openRegion();
      expect(thrownBy(() => transfer(region.buffer))).to.include({
        code: "ERR_FAMS_TRANSFER",
        path: region.path,
      });
      inUse(region);
    });

  it("is refused to a running worker, and workers go on", async () => {
    const region = openRegion();
    const worker = new Worker(
      'require("worker_threads").parentPort.once("message", (x) => process.exit(x))',
      {
        eval: true,
      },
    );
    expect(thrownBy(() => worker.postMessage(1, [region.buffer]))).to.have.property(
      "code",
      "ERR_FAMS_TRANSFER",
    );
    worker.postMessage(7);
    expect(await new Promise((done) => worker.once("exit", done))).to.equal(7);
    inUse(region);
  });

  it("is refused to streams of bytes", async () => {
    const region = openRegion();
    const view = new Uint8Array(region.buffer, 64, 64);
    const codes: unknown[] = [];
    const note = (call: () => unknown) => {
      try {
        call();
      } catch (error) {
        codes.push((error as Any).code);
      }
    };
    const stream = new ReadableStream({
      type: "bytes",
      pull(controller) {
        note(() => controller.enqueue(view));
        const request = (controller as Any).byobRequest;
        note(() => request.respondWithNewView(view));
        request.view[0] = 42;
        request.respond(1);
      },
    });
    const reader = stream.getReader({ mode: "byob" });
    await reader.read(view).catch((error) => codes.push(error.code));
    await reader.read(new DataView(region.buffer)).catch((error) => codes.push(error.code));
    const { value } = await reader.read(new Uint8Array(8));
    expect(value?.[0]).to.equal(42);
    expect(codes).to.deep.equal(Array(4).fill("ERR_FAMS_TRANSFER"));
    inUse(region);
  });

  it("is copied where it is only sent", async () => {
    const region = openRegion();
    new Float64Array(region.buffer)[3] = 5;
    expect(new Float64Array(structuredClone(region.buffer))[3]).to.equal(5);
    const { port1, port2 } = new MessageChannel();
    port1.postMessage(new Float64Array(region.buffer));
    expect(receiveMessageOnPort(port2)?.message[3]).to.equal(5);
    port1.close();
    const channel = new BroadcastChannel("fams");
    channel.postMessage(region.buffer);
    channel.close();
    expect(region.buffer.slice(0).byteLength).to.equal(65_536);
    inUse(region);
  });
});

describe("other transfers", () => {
  it("go on as ever while a region is open", () => {
    openRegion();
    const buffers = Array.from({ length: 6 }, () => new ArrayBuffer(8));
    const [a, b, c, d, e, f] = buffers as [ArrayBuffer, ...ArrayBuffer[]];
    structuredClone(5, { transfer: [a] });
    structuredClone(5, { transfer: new Set([b]) } as Any);
    withPort((port) => port.postMessage(5, [c as ArrayBuffer]));
    withPort((port) => port.postMessage(5, { transfer: [d] } as Any));
    withPort((port) => port.postMessage(5, new Set([e]) as Any));
    withPort((port) => port.postMessage(f));
    expect(buffers.map(({ byteLength }) => byteLength)).to.deep.equal([0, 0, 0, 0, 0, 8]);
  });

  it("are refused as ever if their lists are wrong", () => {
    openRegion();
    const lists: Any[] = [
      [5],
      [{}],
      5,
      "x",
      [new ArrayBuffer(1)].concat([] as Any, null as Any),
      {},
      { transfer: 5 },
      null,
      undefined,
    ];
    const tried = () => [
      ...lists.map((list) => outcomeOf(() => withPort((port) => port.postMessage(5, list)))),
      ...lists.map((list) => outcomeOf(() => structuredClone(5, { transfer: list }))),
      ...lists.map((list) => outcomeOf(() => structuredClone(5, list))),
      outcomeOf(() => (structuredClone as Any)()),
      outcomeOf(() => Reflect.apply(MessagePort.prototype.postMessage, {}, [5, []])),
    ];
    const guarded = tried();
    const closing = openRegion();
    closing.close();
    expect(guarded).to.deep.equal(tried());
  });

  it("of the buffer of a closed region fail as they do for any detached buffer", () => {
    const region = openRegion();
    const { buffer } = region;
    region.close();
    openRegion();
    const detached = new ArrayBuffer(8);
    structuredClone(5, { transfer: [detached] });
    const outcomes = [buffer, detached].map((old) =>
      outcomeOf(() => structuredClone(5, { transfer: [old] })),
    );
    expect(outcomes[0]).to.equal(outcomes[1]);
  });
});
