/**
 * Stands before the program as its next version would: the same, but for files
 * that were edited. What a debug build does not do, it has the page's files
 * kept as a release does.
 */
import { createHash } from "node:crypto";
import { createServer, request as ask } from "node:http";

export class Upgrade {
  /** Where the program is. */
  target = "";
  url = "";
  #edits = {};
  #server = createServer((request, reply) => this.#answer(request, reply));

  static async listen() {
    const upgrade = new Upgrade();
    await new Promise((resolve) => upgrade.#server.listen(0, "127.0.0.1", resolve));
    upgrade.url = `http://127.0.0.1:${upgrade.#server.address().port}`;
    return upgrade;
  }

  /** Takes the place of the program in what is done from now on. */
  standBefore(server) {
    this.target = server.url;
    server.url = this.url;
  }

  /** From now on these files are others. @param {Record<string, (text: string) => string>} edits */
  install(edits) {
    this.#edits = edits;
  }

  close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request, reply) {
    const { url } = request;
    if (url === "/sw.js") return send(reply, await this.#worker());
    if (url in this.#edits) return send(reply, await this.#edited(url));
    const { method, headers } = request;
    const forwarded = ask(this.target + url, { method, headers }, (answer) => {
      reply.writeHead(answer.statusCode, answer.headers);
      answer.pipe(reply);
    });
    forwarded.on("error", () => reply.destroy());
    reply.on("close", () => forwarded.destroy());
    request.pipe(forwarded);
  }

  async #worker() {
    let script = await this.#text("/sw.js");
    for (const path of Object.keys(this.#edits)) {
      const [before, after] = [await this.#text(path), await this.#edited(path)].map(hashOf);
      if (!script.includes(before)) throw new Error(`${path} is not in sw.js`);
      script = script.replace(before, after).replace(/("version":")/, `$1${after}`);
    }
    return script.replace('"is_fixed":false', '"is_fixed":true');
  }

  async #edited(path) {
    return this.#edits[path](await this.#text(path));
  }

  async #text(path) {
    return (await fetch(this.target + path)).text();
  }
}

function send(reply, script) {
  const policy = "default-src 'none'; connect-src 'self'";
  const headers = { "Content-Type": "text/javascript", "Cache-Control": "no-cache", "Content-Security-Policy": policy };
  reply.writeHead(200, headers).end(script);
}

const hashOf = (text) => createHash("sha256").update(text).digest("hex").slice(0, 24);
