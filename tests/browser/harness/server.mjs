/** The real program on a data directory of its own. */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** The one under test; for whoever runs a file by hand, the debug build. */
const PROGRAM =
  process.env.DOCKET_PROGRAM ?? fileURLToPath(new URL("../../../target/debug/docket", import.meta.url));

/** Every sign-in counts against one address here. */
const SETTINGS = { DOCKET_RATE_LIMITS: "off" };

export class Server {
  dir = mkdtempSync(join(tmpdir(), "docket-browser-"));
  url = "";
  #settings;
  #child = null;

  /** Starts one on an empty directory. */
  static async start(settings = {}) {
    const server = new Server(settings);
    await server.startAgain();
    return server;
  }

  constructor(settings) {
    this.#settings = { ...SETTINGS, ...settings };
  }

  /** Starts on the same directory, and at the same address as before. */
  async startAgain() {
    const port = this.url === "" ? "0" : new URL(this.url).port;
    const log = openSync(join(this.dir, "test.log"), "a");
    this.#child = spawn(PROGRAM, ["serve", "--port", port], {
      cwd: "/",
      env: this.#environment(),
      stdio: ["ignore", "pipe", log],
    });
    this.url = await this.#readiness();
  }

  async #readiness() {
    const ready = "Docket is ready at ";
    for await (const line of createInterface({ input: this.#child.stdout })) {
      if (line.startsWith(ready)) return line.slice(ready.length);
    }
    throw new Error(`docket did not start: ${this.log()}`);
  }

  #environment() {
    return { DOCKET_DATA_DIR: this.dir, ...this.#settings };
  }

  /** Runs a command on the same directory and gives what it prints. */
  run(...args) {
    const done = spawnSync(PROGRAM, args, { cwd: "/", env: this.#environment(), encoding: "utf8" });
    if (done.status !== 0) throw new Error(`docket ${args.join(" ")}: ${done.stderr}`);
    return done.stdout;
  }

  async stop() {
    const child = this.#child;
    if (child === null) return;
    this.#child = null;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    // An open stream of events is no reason to wait.
    child.kill("SIGKILL");
    await ended;
  }

  /** Stops it and removes all it kept. */
  async end() {
    await this.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }

  log() {
    return readFileSync(join(this.dir, "test.log"), "utf8");
  }
}
