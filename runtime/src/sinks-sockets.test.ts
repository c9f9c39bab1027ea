/** What a socket reads into a buffer of the program's is marked before the program's callback is called. */

import { createServer, connect as importedConnect, Socket } from "node:net";
import { expect } from "chai";
import { openRegion } from "./test-scratch.ts";

// biome-ignore lint/suspicious/noExplicitAny: arguments of every kind
type Any = any;

const TEXT = Buffer.from(Array.from({ length: 100 }, (_, i) => i + 1));

const setUp = () => {
  const region = openRegion();
  return { region, view: new Uint8Array(region.buffer, 64, 1024) };
};

describe("sockets that read into a buffer of the program's", () => {
  /** A server that sends 100 bytes and ends. */
  async function withServer(use: (port: number) => Promise<void>): Promise<void> {
    const server = createServer((socket) => socket.end(TEXT.subarray(0, 100)));
    await new Promise<void>((done) => server.listen(0, done));
    await use((server.address() as { port: number }).port);
    await new Promise((done) => server.close(done));
  }

  const ways: [string, (port: number, onread: Any) => Socket][] = [
    ["net.connect", (port, onread) => importedConnect({ port, onread })],
    ["new net.Socket", (port, onread) => new Socket({ onread } as Any).connect(port)],
    ["net.Socket without new", (port, onread) => (Socket as Any)({ onread }).connect(port)],
    ["a subclass", (port, onread) => new (class extends Socket {})({ onread } as Any).connect(port)],
  ];
  for (const [name, open] of ways)
    it(`by ${name}: marked before the callback`, () =>
      withServer(async (port) => {
        const { region, view } = setUp();
        let bytes = 0;
        let self: unknown;
        const socket = open(port, {
          buffer: view,
          callback(this: unknown, count: number, buffer: Uint8Array) {
            self = this;
            bytes += count;
            expect(buffer).to.equal(view);
            region.msyncSync();
            return true;
          },
        });
        expect(socket).to.be.an.instanceof(Socket);
        await new Promise((done) => socket.on("close", done));
        expect([bytes, self === socket, region.stats().lines]).to.deep.equal([100, true, 2]);
        expect([...view.subarray(0, 100)]).to.deep.equal([...TEXT.subarray(0, 100)]);
      }));

  it("that ask for a new buffer each time are seen too", () =>
    withServer(async (port) => {
      const { region, view } = setUp();
      const onread = {
        buffer: () => view.subarray(64, 128),
        callback: () => region.msyncSync() === undefined,
      };
      const socket = importedConnect({ port, onread });
      await new Promise((done) => socket.on("close", done));
      expect(region.stats().lines).to.equal(2);
    }));

  it("and all others are as ever", () =>
    withServer(async (port) => {
      const socket = importedConnect(port);
      const chunks: Buffer[] = [];
      for await (const chunk of socket) chunks.push(chunk);
      expect(Buffer.concat(chunks).length).to.equal(100);
      expect([Socket.name, Socket.length, new Socket().constructor === Socket]).to.deep.equal([
        "Socket",
        1,
        true,
      ]);
    }));
});
