import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  busLabelEscape,
  busLabelUnescape,
  decodeMessage,
  encodeMessage,
  isSignature,
  MessageStream,
  marshal,
  messageTypes,
  unmarshal,
  type Value,
  Variant,
  variant,
} from "../src/index.ts";

/** A signature of one complete type and a value that fits it. */
const typed: fc.Arbitrary<{ signature: string; value: Value }> = fc.letrec<{
  any: { signature: string; value: Value };
}>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    basic("u", fc.nat(0xffff_ffff)),
    basic("y", fc.integer({ min: 0, max: 255 })),
    basic("b", fc.boolean()),
    basic("n", fc.integer({ min: -32768, max: 32767 })),
    basic("q", fc.integer({ min: 0, max: 65535 })),
    basic("i", fc.integer()),

    basic("x", fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
    basic("t", fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
    basic("d", fc.double({ noNaN: true })),
    basic("s", text()),
    basic("o", fc.constantFrom("/", "/a", "/org/freedesktop/systemd1/unit/foo_2eservice")),
    basic("g", fc.constantFrom("", "s", "a{sv}", "(iiay)")),
    basic("ay", fc.uint8Array()),
    tie("any")
      .filter(({ signature }) => isSignature(signature))
      .map(({ signature, value }) => ({ signature: "v", value: new Variant(signature, value) })),
    fc.array(tie("any"), { minLength: 1, maxLength: 4 }).map((fields) => ({
      signature: `(${fields.map((field) => field.signature).join("")})`,
      value: fields.map((field) => field.value),
    })),
    fc
      .tuple(tie("any"), fc.nat(3))
      .filter(([{ signature }]) => signature !== "y")
      .map(([{ signature, value }, count]) => ({ signature: `a${signature}`, value: Array(count).fill(value) })),
    fc
      .tuple(text(), tie("any"))
      .map(([key, { signature, value }]) => ({ signature: `a{s${signature}}`, value: new Map([[key, value]]) })),
  ),
})).any;

function text(): fc.Arbitrary<string> {
  return fc.string({ unit: "grapheme", maxLength: 100 }).filter((value) => !value.includes("\0"));
}

function basic(signature: string, values: fc.Arbitrary<Value>): fc.Arbitrary<{ signature: string; value: Value }> {
  return values.map((value) => ({ signature, value }));
}

describe("values", () => {
  test("what is written is read again, in both byte orders", () => {
    fc.assert(
      fc.property(typed, fc.boolean(), ({ signature, value }, bigEndian) => {
        if (!isSignature(signature)) return;
        expect(unmarshal(signature, marshal(signature, [value], { bigEndian }), { bigEndian })).toEqual([value]);
      }),
      { numRuns: 1500 },
    );
  });

  test("bytes are those of the specification's rules", () => {
    const bytes = marshal("ybtsa(y)", [1, true, 5, "ab", [[7], [8]]]);
    expect(bytes.toString("hex")).toBe(
      `${"01000000" + "01000000"}${"0500000000000000"}${"02000000" + "616200" + "00"}${"09000000" + "00000000"}${"0700000000000000" + "08"}`,
    );
  });

  test("infinity is the largest unsigned integer, as systemd writes it", () => {
    expect(unmarshal("t", marshal("t", [Infinity]))).toEqual([2n ** 64n - 1n]);
  });

  test.each([
    ["y", 256],
    ["u", -1],
    ["i", 1.5],
    ["b", 1],
    ["s", "a\0b"],
    ["o", "not/a/path"],
    ["g", "a"],
    ["t", -1],
    ["x", 2n ** 63n],
    ["as", ["a", 1]],
    ["(ss)", ["a"]],
    ["v", "plain"],
    ["a{sv}", "plain"],
  ] as [string, Value][])("%s does not take %s", (signature, value) => {
    expect(() => marshal(signature, [value])).toThrow(expect.objectContaining({ code: "DBUS_ENCODE" }));
  });
});

describe("garbage", () => {
  test("any bytes by any signature give values or a ProtocolError", () => {
    fc.assert(
      fc.property(typed, fc.uint8Array({ maxLength: 200 }), ({ signature }, bytes) => {
        if (!isSignature(signature)) return;
        try {
          unmarshal(signature, Buffer.from(bytes));
        } catch (error) {
          expect(error).toHaveProperty("code", "DBUS_PROTOCOL");
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("a message with any bytes changed gives messages or a ProtocolError", () => {
    const header = {
      type: messageTypes.methodCall,
      flags: 0,
      serial: 1,
      path: "/a",
      interface: "a.b",
      member: "C",
      signature: "a{sv}",
    };
    const whole = encodeMessage(header, [{ one: variant("as", ["x", "y"]), two: variant("t", 5) }]);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (changes) => {
          const bytes = Buffer.from(whole);
          for (const [at, byte] of changes) bytes[at] = byte;
          try {
            for (const message of new MessageStream(1 << 20).push(bytes)) message.body();
          } catch (error) {
            expect(error).toHaveProperty("code", "DBUS_PROTOCOL");
          }
        },
      ),
      { numRuns: 5000 },
    );
  });

  test("variants nested without end are refused", () => {
    const nested = Buffer.concat([...Array(5000).fill(Buffer.from([1, 0x76, 0])), Buffer.from([1, 0x79, 0, 7])]);
    expect(() => unmarshal("v", nested)).toThrow("nested deeper");
  });

  test.each([
    ["an array that claims more than there is", "as", "ff000000"],
    ["an array of more than 64 MiB", "ay", "01000004"],
    ["padding that is not zero", "(y)(y)", "0100000000000001" + "01"],
    ["a string without its NUL", "s", "0100000061" + "62"],
    ["a boolean of 2", "b", "02000000"],
    ["bytes that are not UTF-8", "s", "01000000ff00"],
  ])("%s is refused", (_, signature, hex) => {
    expect(() => unmarshal(signature, Buffer.from(hex, "hex"))).toThrow(
      expect.objectContaining({ code: "DBUS_PROTOCOL" }),
    );
  });
});

describe("messages", () => {
  const header = {
    type: messageTypes.signal,
    flags: 1,
    serial: 7,
    path: "/x",
    interface: "a.b",
    member: "Changed",
    signature: "su",
  };

  test("a message is read as it was written, in both byte orders", () => {
    for (const bigEndian of [false, true]) {
      const message = decodeMessage(encodeMessage(header, ["hi", 5], bigEndian));
      expect(message).toMatchObject(header);
      expect(message.body()).toEqual(["hi", 5]);
    }
  });

  test("messages arrive whole however the bytes are cut", () => {
    const bytes = Buffer.concat([
      encodeMessage(header, ["one", 1]),
      encodeMessage(header, ["two", 2]),
      encodeMessage(header, ["three", 3]),
    ]);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 10 }), (places) => {
        const cuts = [0, ...places.sort((a, b) => a - b), bytes.length];
        const stream = new MessageStream(1 << 16);
        const messages = cuts.slice(1).flatMap((end, index) => stream.push(bytes.subarray(cuts[index], end)));
        expect(messages.map((message) => message.body())).toEqual([
          ["one", 1],
          ["two", 2],
          ["three", 3],
        ]);
      }),
    );
  });

  test("a message longer than the bound is refused before it is there", () => {
    expect(() => new MessageStream(1024).push(encodeMessage(header, ["x".repeat(2000), 1]).subarray(0, 16))).toThrow(
      "longer than 1024",
    );
  });
});

test("a name comes back from its label", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (name) => busLabelUnescape(busLabelEscape(name)) === name));
});

test.each([
  ["foo_2eservice", "foo.service"],
  ["_", ""],
  ["a_", "a_"],
  ["a_7", "a_7"],
  ["a_7g_2d", "a_7g-"],
  ["_c3_a9", "é"],
  ["_C3_A9_2E", "é."],
  ["a_zz_41", "a_zzA"],
])("the label %s is of %s", (label, name) => expect(busLabelUnescape(label)).toBe(name));
