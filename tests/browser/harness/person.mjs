/** Somebody with an account, who also uses the API without a browser. */
import assert from "node:assert/strict";
import { until } from "./until.mjs";

export const PASSWORD = "seven wooden boats";

export class Person {
  cookie = "";
  #token = "";

  /** Makes an account, as the page would. */
  static async signUp(server, name) {
    const person = new Person(server, name);
    await person.#enter("sign-up", { name });
    return person;
  }

  constructor(server, name) {
    this.server = server;
    this.name = name;
    this.email = `${name.toLowerCase().replace(/\W+/g, "")}@example.org`;
  }

  /** One more session, as on another device. */
  async signInElsewhere() {
    const elsewhere = new Person(this.server, this.name);
    await elsewhere.#enter("sign-in", {});
    return elsewhere;
  }

  async #enter(how, fields) {
    const body = { email: this.email, password: PASSWORD, ...fields };
    const reply = await this.auth("POST", `${how}/email`, body);
    this.cookie = reply.headers.getSetCookie()[0].split(";")[0];
    const { token } = await (await this.auth("GET", "token")).json();
    this.#token = token;
  }

  /** A request to the accounts' part of the API, with the session's cookie. */
  async auth(method, path, body) {
    const headers = { Origin: this.server.url, Cookie: this.cookie };
    return this.#send(method, `/api/auth/${path}`, headers, body);
  }

  /** A request with the token; gives the body. */
  async api(method, path, body, headers = {}) {
    const authorization = { Authorization: `Bearer ${this.#token}` };
    const reply = await this.#send(method, path, { ...authorization, ...headers }, body);
    return reply.status === 204 ? null : reply.json();
  }

  async #send(method, path, headers, body) {
    const json = body === undefined ? {} : { "Content-Type": "application/json" };
    const reply = await fetch(this.server.url + path, {
      method,
      headers: { ...headers, ...json },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    assert.ok(reply.ok, `${method} ${path}: ${reply.status}`);
    return reply;
  }

  add(title, fields = {}) {
    return this.api("POST", "/api/tasks", { title, ...fields });
  }

  addList(name) {
    return this.api("POST", "/api/lists", { name });
  }

  change(task, fields) {
    return this.api("PATCH", `/api/tasks/${task.id}`, fields);
  }

  async openTasks() {
    const { items } = await this.api("GET", "/api/tasks?completed=false&sort=position&limit=200");
    return items;
  }

  /** Waits until the server has exactly these open tasks, in this order. */
  async has(...titles) {
    await until(
      async () => (await this.openTasks()).map((task) => task.title),
      (found) => assert.deepEqual(found, titles),
    );
  }
}
