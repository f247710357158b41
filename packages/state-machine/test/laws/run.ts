import { check, checkSeed } from "./check.ts";
import { generate } from "./generate.ts";
const from = Number(process.argv[2] ?? 1), to = Number(process.argv[3] ?? 200);
let steps = 0; const began = performance.now(); const laws = new Map<string, number[]>();
for (let seed = from; seed <= to; seed++) {
  const r = checkSeed(generate(seed), seed); steps += r.steps;
  if (r.breach) { const l = laws.get(r.breach.law) ?? []; l.push(seed); laws.set(r.breach.law, l); if (l.length <= 3) console.log(seed, r.breach.law, r.breach.told.slice(0, 700)); }
}
console.log(steps, "steps", to - from + 1, "seeds", (performance.now() - began) / 1000, "s"); for (const [l, s] of laws) console.log(l, s.length, s.slice(0, 8).join(" "));
