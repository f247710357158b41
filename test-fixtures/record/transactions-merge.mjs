// Joins what several boots answered: the same units, states, queue and request are one line, with every answer that was given.
import { readFileSync } from "node:fs";

const cases = new Map();
for (const file of process.argv.slice(2))
  for (const line of readFileSync(file, "utf8").trim().split("\n")) {
    const { answer, ...rest } = JSON.parse(line);
    const key = JSON.stringify(rest);
    const answers = cases.get(key) ?? new Set();
    answers.add(JSON.stringify(answer));
    cases.set(key, answers);
  }
for (const [key, answers] of cases)
  console.log(JSON.stringify({ ...JSON.parse(key), answers: [...answers].sort().map((text) => JSON.parse(text)) }));
