import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  DBusError,
  encodeMessage,
  type IncomingCall,
  type Message,
  MessageStream,
  messageTypes,
  ServerConnection,
  type Value,
} from "../src/index.ts";

const GUID = "0123456789abcdef0123456789abcdef";

interface Harness {
  readonly connection: ServerConnection;
  readonly calls: IncomingCall[];
  /** Everything the connection sent. */
  output(): Buffer;
  closed: string[];
}

function connect(options: { uid?: number; allow?: (uid: number) => boolean; maxMessageBytes?: number } = {}): Harness {
  const sent: Buffer[] = [];
  const calls: IncomingCall[] = [];
  const closed: string[] = [];
  const { uid = 0, ...rest } = options;
  const connection = new ServerConnection({
    peer: { uid, gid: 0, pid: 1 },
    guid: GUID,
    onCall: (call) => calls.push(call),
    send: (bytes) => sent.push(bytes),
    close: (reason) => closed.push(reason),
    ...rest,
  });
  return { connection, calls, closed, output: () => Buffer.concat(sent) };
}

const greeting = Buffer.from("\0AUTH EXTERNAL\r\nDATA\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n");

function callBytes(serial: number, flags = 0, body: readonly Value[] = ["x"]): Buffer {
  const header = {
    type: messageTypes.methodCall,
    flags,
    serial,
    path: "/a",
    interface: "a.b",
    member: "Do",
    signature: "s",
  };
  return encodeMessage(header, body);
}

function replies(harness: Harness): Message[] {
  const text = harness.output();
  const begin = text.indexOf("\r\n", text.lastIndexOf("OK ")) + 2;
  const rest = text.subarray(begin);
  return new MessageStream(1 << 20).push(
    rest.subarray(0, 5).toString() === "ERROR" ? rest.subarray(rest.indexOf("\r\n") + 2) : rest,
  );
}

describe("authentication", () => {
  test("sd-bus's greeting in one piece is answered in one, descriptors refused", () => {
    const harness = connect();
    harness.connection.feed(greeting);
    expect(harness.output().toString()).toBe(`DATA\r\nOK ${GUID}\r\nERROR Descriptors cannot be passed here\r\n`);
    expect(harness.connection.ready).toBe(true);
  });

  test("any cut of the greeting and of calls behind it has the same end", () => {
    const bytes = Buffer.concat([greeting, callBytes(1), callBytes(2)]);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 12 }), (places) => {
        const harness = connect();
        const cuts = [0, ...places.sort((a, b) => a - b), bytes.length];
        for (const [index, end] of cuts.slice(1).entries()) harness.connection.feed(bytes.subarray(cuts[index], end));
        expect(harness.calls.map((call) => call.message.serial)).toEqual([1, 2]);
        expect(harness.closed).toEqual([]);
      }),
    );
  });

  test.each([
    ["an identity in the AUTH line", `\0AUTH EXTERNAL ${Buffer.from("1000").toString("hex")}\r\n`, `OK ${GUID}\r\n`],
    [
      "an identity in the DATA line",
      `\0AUTH EXTERNAL\r\nDATA ${Buffer.from("1000").toString("hex")}\r\n`,
      `DATA\r\nOK ${GUID}\r\n`,
    ],
    ["somebody else's identity", `\0AUTH EXTERNAL ${Buffer.from("0").toString("hex")}\r\n`, "REJECTED EXTERNAL\r\n"],
    ["ANONYMOUS", "\0AUTH ANONYMOUS\r\n", "REJECTED EXTERNAL\r\n"],
    ["a question for mechanisms", "\0AUTH\r\n", "REJECTED EXTERNAL\r\n"],
    ["nonsense", "\0HELO\r\n", "ERROR Unknown command\r\n"],
    ["DATA before AUTH", "\0DATA\r\n", "ERROR\r\n"],
  ])("%s", (_, sent, answer) => {
    const harness = connect({ uid: 1000 });
    harness.connection.feed(Buffer.from(sent));
    expect(harness.output().toString()).toBe(answer);
  });

  test.each([
    ["no NUL first", "AUTH EXTERNAL\r\n"],
    ["BEGIN without OK", "\0BEGIN\r\n"],
    ["a line without end", `\0${"A".repeat(10_000)}`],
    ["one refusal too many", `\0${"AUTH ANONYMOUS\r\n".repeat(20)}`],
  ])("%s ends the connection", (_, sent) => {
    const harness = connect();
    harness.connection.feed(Buffer.from(sent));
    expect(harness.closed).toHaveLength(1);
    expect(harness.calls).toEqual([]);
  });

  test("a user who may not come in is rejected", () => {
    const harness = connect({ uid: 1000, allow: (uid) => uid === 0 });
    harness.connection.feed(greeting);
    expect(harness.output().toString()).toContain("REJECTED EXTERNAL");
    expect(harness.connection.ready).toBe(false);
  });
});

describe("calls", () => {
  test("are answered by serial, once", () => {
    const harness = connect();
    harness.connection.feed(Buffer.concat([greeting, callBytes(7), callBytes(8)]));
    const [first, second] = harness.calls;
    second!.fail(new DBusError("a.b.Error", "no"));
    first!.reply("u", [5]);
    first!.reply("u", [6]);
    const answers = replies(harness);
    expect(answers.map(({ replySerial, errorName }) => [replySerial, errorName])).toEqual([
      [8, "a.b.Error"],
      [7, undefined],
    ]);
    expect(answers.map((answer) => answer.body())).toEqual([["no"], [5]]);
  });

  test("that want no reply get none", () => {
    const harness = connect();
    harness.connection.feed(Buffer.concat([greeting, callBytes(7, 1)]));
    harness.calls[0]!.reply("u", [5]);
    expect(replies(harness)).toEqual([]);
  });

  test("a reply that does not fit its signature can be followed by an error", () => {
    const harness = connect();
    harness.connection.feed(Buffer.concat([greeting, callBytes(7)]));
    expect(() => harness.calls[0]!.reply("u", ["text"])).toThrow();
    harness.calls[0]!.fail(new DBusError("a.b.Error", "no"));
    expect(replies(harness).map((answer) => answer.errorName)).toEqual(["a.b.Error"]);
  });

  test("Hello is answered, for busctl", () => {
    const harness = connect();
    const path = "/org/freedesktop/DBus";
    const hello = {
      type: messageTypes.methodCall,
      flags: 0,
      serial: 1,
      path,
      interface: "org.freedesktop.DBus",
      member: "Hello",
    };
    harness.connection.feed(Buffer.concat([greeting, encodeMessage(hello)]));
    expect(replies(harness)[0]!.body()).toEqual([":1.0"]);
  });

  test("signals reach only who is authenticated", () => {
    const early = connect();
    early.connection.emit({ path: "/a", interface: "a.b", member: "Changed" });
    expect(early.output().length).toBe(0);
    const ready = connect();
    ready.connection.feed(greeting);
    ready.connection.emit({ path: "/a", interface: "a.b", member: "Changed", signature: "s", body: ["x"] });
    expect(replies(ready).map((message) => [message.type, message.member, message.body()])).toEqual([
      [4, "Changed", ["x"]],
    ]);
  });
});

describe("garbage", () => {
  test("whatever is sent, feed does not throw, and a closed connection stays silent", () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 }),
        (authenticated, pieces) => {
          const harness = connect();
          if (authenticated) harness.connection.feed(greeting);
          for (const piece of pieces) harness.connection.feed(piece);
          expect(harness.closed.length).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test("a message longer than the bound ends the connection", () => {
    const harness = connect({ maxMessageBytes: 1000 });
    harness.connection.feed(Buffer.concat([greeting, callBytes(1, 0, ["x".repeat(2000)])]));
    expect(harness.closed[0]).toContain("longer than 1000");
    expect(harness.calls).toEqual([]);
  });
});
