/**
 * What programs do with packages whose data they place in a memory, through the array class or buffer type that each package takes.
 * A scenario yields wherever the program would commit, and does the same each time.
 */

import { addComponent, addEntity, createWorld, query } from "bitecs";
import { createSoADeserializer, createSoASerializer, f64 } from "bitecs/serialization";
import Flatbush from "flatbush";
import KDBush from "kdbush";
import { CircularBuffer, FixedDeque, FixedReverseHeap, FixedStack, HashedArrayTree, Vector } from "mnemonist";

type ArrayClass = ConstructorParameters<typeof FixedDeque>[0];

export const MEMORY = 256 * 1024;

const ITEMS = 2_000;

export interface Scenario {
  run(memory: ArrayBuffer): Generator<void>;
  /** What someone who finds the memory of a complete run reads from it. */
  read(memory: ArrayBuffer): unknown;
}

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `new Type(bytes)` that gives the memory itself. */
function bufferType(memory: ArrayBuffer): ArrayBufferConstructor {
  return function Placed() {
    return memory;
  } as unknown as ArrayBufferConstructor;
}

/** `new Class(length)` that gives the next part of the memory. */
function arrayClass(memory: ArrayBuffer): ArrayClass {
  let used = 0;
  return function Placed(length: number) {
    const array = new Float64Array(memory, used, length);
    used += array.byteLength;
    return array;
  } as unknown as ArrayClass;
}

const doubles = (memory: ArrayBuffer): number[] => Array.from(new Float64Array(memory));

const flatbush: Scenario = {
  *run(memory) {
    const random = numbers(1);
    const index = new Flatbush(ITEMS, 16, Float64Array, bufferType(memory));
    yield;
    for (let item = 0; item < ITEMS; item++) {
      const [x, y] = [random() * 100, random() * 100];
      index.add(x, y, x + random(), y + random());
      yield;
    }
    index.finish();
    yield;
  },
  read: (memory) => {
    const index = Flatbush.from(memory);
    return [index.search(10, 10, 30, 40), index.neighbors(50, 50, 20)];
  },
};

const kdbush: Scenario = {
  *run(memory) {
    const random = numbers(2);
    const index = new KDBush(ITEMS, 64, Float32Array, bufferType(memory));
    yield;
    for (let item = 0; item < ITEMS; item++) {
      index.add(random() * 100, random() * 100);
      yield;
    }
    index.finish();
    yield;
  },
  read: (memory) => {
    const index = KDBush.from(memory);
    return [index.range(10, 10, 30, 40), index.within(50, 50, 10)];
  },
};

const mnemonist: Scenario = {
  *run(memory) {
    const random = numbers(3);
    const Placed = arrayClass(memory);
    const deque = new FixedDeque<number>(Placed, 100);
    const stack = new FixedStack<number>(Placed, ITEMS);
    const ring = new CircularBuffer<number>(Placed, 50);
    const heap = new FixedReverseHeap<number>(Placed, (a, b) => a - b, 64);
    const tree = new HashedArrayTree<number>(Placed, { initialCapacity: 64, blockSize: 64 });
    const vector = new Vector(Placed, { initialCapacity: 8 });
    const steps = [
      (x: number) => deque.size < 100 && deque.push(x),
      (x: number) => deque.size < 100 && deque.unshift(x),
      () => deque.pop(),
      () => deque.shift(),
      (x: number) => stack.push(x),
      () => stack.pop(),
      (x: number) => ring.push(x),
      () => ring.shift(),
      (x: number) => heap.push(x),
      (x: number) => tree.push(x),
      (x: number) => tree.length > 0 && tree.set(Math.floor(x * tree.length), x),
      (x: number) => vector.push(x),
      (x: number) => vector.length > 0 && vector.set(Math.floor(x * vector.length), x),
    ] as const;
    for (let step = 0; step < ITEMS; step++) {
      steps[Math.floor(random() * steps.length)]?.(random());
      yield;
    }
  },
  read: doubles,
};

const ENTITIES = 500;

/** Components are arrays of the program; the package's deserializer stores into them, and so do the program's systems. */
function components(Placed: ArrayClass) {
  const column = () => f64(new Placed(ENTITIES + 1) as unknown as number[]);
  return [
    { x: column(), y: column() },
    { dx: column(), dy: column() },
  ] as const;
}

const bitecs: Scenario = {
  *run(memory) {
    const random = numbers(4);
    const [position, velocity] = components(arrayClass(memory));
    const world = createWorld();
    const received = components(Array as unknown as ArrayClass);
    const write = createSoASerializer([...received]);
    const read = createSoADeserializer([position, velocity]);
    for (let count = 0; count < ENTITIES; count++) {
      const entity = addEntity(world);
      addComponent(world, entity, position);
      addComponent(world, entity, velocity);
      received[0].x[entity] = random();
      received[0].y[entity] = random();
      received[1].dx[entity] = random();
      received[1].dy[entity] = random();
      read(write([entity]));
      yield;
    }
    for (let frame = 0; frame < 100; frame++) {
      for (const entity of query(world, [position, velocity])) {
        position.x[entity] += velocity.dx[entity] as number;
        position.y[entity] += velocity.dy[entity] as number;
      }
      yield;
    }
  },
  read: doubles,
};

export const SCENARIOS: Readonly<Record<string, Scenario>> = { flatbush, kdbush, mnemonist, bitecs };
