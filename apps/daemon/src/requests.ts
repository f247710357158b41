import type { Effect } from "@steward/state-machine";

/** What the core answered to a request. */
export type RequestResult = Extract<Effect, { kind: "reply" }>["result"];

/** Requests whose answer somebody waits for. They end with the manager: a cut call is an error to its client alone. */
export class Requests {
  private next = 1;
  private readonly waiting = new Map<number, (result: RequestResult) => void>();

  /** A new number; `answer` is called once. */
  open(answer: (result: RequestResult) => void): number {
    const request = this.next++;
    this.waiting.set(request, answer);
    return request;
  }

  settle(request: number, result: RequestResult): void {
    const answer = this.waiting.get(request);
    this.waiting.delete(request);
    answer?.(result);
  }
}
