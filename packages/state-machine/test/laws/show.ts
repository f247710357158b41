import { Play } from "@steward/state-machine";
import { units } from "../kit/units.ts";
import { generate } from "./generate.ts";
const seed = Number(process.argv[2]); const only = process.argv[3];
const s = generate(seed); console.log(s.units, JSON.stringify(s.programs, null, 0), s.unmet);
const p = new Play(s, { units: units(s.units) });
p.onStep = (x) => console.log("   >>>", x.atUsec / 1e6, JSON.stringify(x.action));
p.watch((e, r) => { if (only && !JSON.stringify(e).includes(only) && !JSON.stringify(r.effects).includes(only)) return; const { now, ...rest } = e as any; if (e.kind === "load") return; console.log((now.monotonicUsec / 1e6 - 1).toFixed(6), JSON.stringify(rest)); for (const f of r.effects) if (f.kind !== "unitChanged" && (!only || JSON.stringify(f).includes(only))) console.log("        ", f.kind === "log" ? f.line.message : JSON.stringify(f)); });
p.run();
