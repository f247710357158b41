// What the user sees: a block of units that is redrawn in place on a terminal, plain lines elsewhere; log lines pass above it.
const terminal = process.stdout.isTTY === true;
const colourful = terminal && !process.env.NO_COLOR && process.env.TERM !== "dumb";
const paint = (code) => (text) => (colourful ? `\x1b[${code}m${text}\x1b[0m` : text);
export const green = paint("32");
export const red = paint("31");
export const yellow = paint("33");
export const bold = paint("1");
export const dim = paint("2");

const spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

export class Screen {
  #title = "";
  #rows = new Map();
  #began = performance.now();
  #drawn = 0;
  #turn = 0;
  #timer;

  /** Begins a phase: its title, the units that it is about, and when one of them has arrived. */
  begin(title, names, isDone) {
    this.#title = title;
    this.#began = performance.now();
    this.#rows = new Map(names.map((name) => [name, { text: "…", settled: false, seconds: 0 }]));
    this.isDone = isDone;
    if (!terminal) console.log(title);
    else this.#timer ??= setInterval(() => this.#draw(), 100);
    this.#draw();
  }

  /** The states as they are now. */
  show(states) {
    for (const state of states) {
      const row = this.#rows.get(state.name);
      const text = `${state.active} (${state.sub})`;
      const settled = state.job === "" && this.isDone(state);
      if (row === undefined || (row.text === text && row.settled === settled)) continue;
      const changed = row.text !== text;
      Object.assign(row, {
        text,
        settled,
        failed: state.active === "failed",
        seconds: (performance.now() - this.#began) / 1000,
      });
      if (!terminal && changed) console.log(`  ${state.name.padEnd(24)} ${text}  ${row.seconds.toFixed(1)}s`);
    }
    this.#draw();
  }

  /** Whether every unit of the phase has arrived. */
  get settled() {
    return [...this.#rows.values()].every((row) => row.settled);
  }

  /** Ends the phase and leaves the block where it is. */
  end() {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#draw();
    this.#drawn = 0;
    this.#rows.clear();
  }

  /** A line above the block. */
  log(line) {
    this.#erase();
    process.stdout.write(`${line}\n`);
    this.#draw();
  }

  #erase() {
    if (this.#drawn > 0) process.stdout.write(`\x1b[${this.#drawn}F\x1b[J`);
    this.#drawn = 0;
  }

  #draw() {
    if (!terminal || this.#rows.size === 0) return;
    this.#erase();
    const rows = [...this.#rows];
    const width = Math.max(...rows.map(([name]) => name.length));
    const count = rows.filter(([, row]) => row.settled).length;
    const lines = [bold(`${this.#title} ${count}/${rows.length}`)];
    this.#turn += 1;
    for (const [name, row] of rows) {
      const seconds = row.settled ? row.seconds : (performance.now() - this.#began) / 1000;
      const mark = !row.settled ? yellow(spinner[this.#turn % spinner.length]) : row.failed ? red("✘") : green("✔");
      const text = row.failed ? red(row.text) : row.settled ? green(row.text) : yellow(row.text);
      lines.push(` ${mark} ${name.padEnd(width)}  ${text}  ${dim(`${seconds.toFixed(1)}s`)}`);
    }
    process.stdout.write(`${lines.join("\n")}\n`);
    this.#drawn = lines.length;
  }
}
