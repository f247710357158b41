/** What a command prints. Lines for stdout are gathered, so that a pager can show them; errors go out at once. */
import { writeSync } from "node:fs";

/** Writes all bytes, also to a pipe that takes them slowly. */
export function writeAll(descriptor: number, text: string | Uint8Array): void {
  let rest = typeof text === "string" ? Buffer.from(text) : text;
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === "EPIPE") return;
      if (code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

export class Output {
  private parts: string[] = [];

  /** Adds text to what stdout will get. */
  write(text: string): void {
    this.parts.push(text);
  }

  line(text = ""): void {
    this.parts.push(text, "\n");
  }

  /** A message for stderr. */
  error(text: string): void {
    this.flush();
    writeAll(2, `${text}\n`);
  }

  /** What was gathered, and forgets it. */
  take(): string {
    const text = this.parts.join("");
    this.parts = [];
    return text;
  }

  flush(): void {
    writeAll(1, this.take());
  }
}
