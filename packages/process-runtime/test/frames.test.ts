import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  commandTable,
  datagramSource,
  decodeCommand,
  decodeEvent,
  decodeJournalInput,
  decodeJournalOutput,
  encodeCommand,
  encodeEvent,
  encodeJournalInput,
  encodeJournalOutput,
  eventTable,
  execState,
  type Frame,
  FrameDecoder,
  groupMode,
  journalInTable,
  journalOutTable,
  type KeeperCommand,
  listenerKind,
  maxFrameLength,
  opNumber,
  ProtocolError,
  portNumber,
  protocolVersion,
  socketsStage,
  tokenState,
} from "../src/index.ts";
import { command, message } from "./arbitrary.ts";

const one = (bytes: Buffer): Frame => {
  const [frame, ...more] = new FrameDecoder().push(bytes);
  expect(more).toEqual([]);
  return frame as Frame;
};

describe("decode after encode is the message", () => {
  const header = ["seq", "monotonicUsec", "boottimeUsec", "realtimeUsec"];
  test("commands", () => {
    fc.assert(
      fc.property(command, fc.maxSafeNat(), (given, number) => {
        expect(decodeCommand(one(encodeCommand(number, given as unknown as KeeperCommand)))).toEqual({
          number,
          command: given,
        });
      }),
    );
  });
  test("events", () => {
    fc.assert(
      fc.property(message(eventTable, header), (given) => {
        expect(decodeEvent(one(encodeEvent(given as never)))).toEqual(given);
      }),
    );
  });
  test("the journal's, both ways", () => {
    fc.assert(
      fc.property(message(journalInTable), message(journalOutTable), (input, output) => {
        expect(decodeJournalInput(one(encodeJournalInput(input as never)))).toEqual(input);
        expect(decodeJournalOutput(one(encodeJournalOutput(output as never)))).toEqual(output);
      }),
    );
  });
});

test("frames come out the same, however the stream is cut", () => {
  fc.assert(
    fc.property(
      fc.array(command, { maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
      (commands, cuts) => {
        const stream = Buffer.concat(
          commands.map((given, index) => encodeCommand(index, given as unknown as KeeperCommand)),
        );
        const decoder = new FrameDecoder();
        const frames: Frame[] = [];
        for (let at = 0, cut = 0; at < stream.length; cut++) {
          const length = cuts[cut % cuts.length] as number;
          frames.push(...decoder.push(stream.subarray(at, at + length)));
          at += length;
        }
        expect(frames.map((frame) => decodeCommand(frame).command)).toEqual(commands);
        expect(decoder.buffered).toBe(0);
      },
    ),
  );
});

test("whatever arrives, decoding gives a message or a ProtocolError", () => {
  const anyFrame = fc.record({
    type: fc.nat({ max: 255 }),
    payload: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  });
  fc.assert(
    fc.property(anyFrame, (frame) => {
      for (const decode of [decodeCommand, decodeEvent, decodeJournalInput, decodeJournalOutput]) {
        try {
          decode(frame);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ["empty", [0, 0, 0, 0]],
  ["too long", [1, 0, 16, 0, 1]],
])("a frame that is %s breaks the protocol", (_, bytes) => {
  expect(() => new FrameDecoder().push(Buffer.from(bytes))).toThrow(ProtocolError);
});

test("what would make too long a frame is refused before it is sent", () => {
  const data = Buffer.alloc(maxFrameLength);
  expect(() => encodeCommand(0, { kind: "connSend", conn: 1, data })).toThrow(ProtocolError);
});

/** keeper/proto.h by name. */
const header = Object.fromEntries(
  [
    ...readFileSync(join(import.meta.dirname, "../keeper/proto.h"), "utf8").matchAll(
      /\b([A-Z][A-Z0-9_]+) = (\d+)(?! <)/g,
    ),
  ].map(([, name, value]) => [name, Number(value)]),
);
const cName = (name: string): string => name.replace(/([a-z])([A-Z0-9])/g, "$1_$2").toUpperCase();

test("the keeper's numbers are the same", () => {
  const wanted: Record<string, number> = { PROTOCOL_VERSION: protocolVersion };
  for (const [name, { type }] of Object.entries(commandTable)) wanted[`CMD_${cName(name)}`] = type;
  for (const [name, { type }] of Object.entries(eventTable)) wanted[`EV_${cName(name)}`] = type;
  for (const [name, { type }] of Object.entries({ ...journalInTable, ...journalOutTable }))
    wanted[`JN_${cName(name === "journalHello" ? "hello" : name)}`] = type;
  for (const [name, number] of Object.entries(opNumber)) wanted[`OP_${cName(name)}`] = number;
  const { native, syslog, manager } = datagramSource;
  Object.assign(wanted, { SOURCE_NATIVE: native, SOURCE_SYSLOG: syslog, SOURCE_MANAGER: manager });
  for (const [name, number] of Object.entries(listenerKind)) wanted[`LISTEN_${cName(name)}`] = number;
  for (const [name, number] of Object.entries(tokenState)) wanted[`TOKEN_${cName(name)}`] = number;
  for (const [name, number] of Object.entries(execState)) wanted[`EXEC_${cName(name)}`] = number;
  for (const [name, number] of Object.entries(groupMode)) wanted[`GROUP_${cName(name)}`] = number;
  for (const [name, number] of Object.entries(portNumber)) wanted[`PORT_${cName(name)}`] = number;
  Object.assign(wanted, { SOCKETS_STAGE_OPEN: socketsStage.open, SOCKETS_STAGE_OWN: socketsStage.own });
  Object.assign(wanted, {
    INPUT_LOG: 0,
    INPUT_FD: 1,
    INPUT_LISTENER: 2,
    ENV_LITERAL: 0,
    ENV_PID: 1,
    ENV_INODE: 2,
    SOURCES: 3,
  });
  expect(header).toEqual(wanted);
});
