// A yaml-language-server as an editor talks to it: LSP over stdio (Language Server Protocol 3.17, base protocol). Knows
// nothing of manifests.

import { spawn } from "node:child_process";
import { pathToFileURL } from "node:url";

// What an editor's user would have set: everything on, and no schemas from the network.
const SETTINGS = {
  yaml: { validate: true, hover: true, completion: true, schemaStore: { enable: false, url: "" } },
};

// Longer than any answer should take, so that a server that hangs fails the test instead of the day.
const PATIENCE_MS = 30_000;

export class Server {
  #process;
  #unread = Buffer.alloc(0);
  #next = 1;
  #answers = new Map();
  #diagnostics = new Map();

  constructor(program, folder) {
    this.#process = spawn(process.execPath, [program, "--stdio"], {
      cwd: folder,
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#process.stdout.on("data", (bytes) => this.#read(bytes));
    this.folder = pathToFileURL(folder).href;
  }

  async start() {
    await this.#request("initialize", {
      processId: process.pid,
      rootUri: this.folder,
      workspaceFolders: [{ uri: this.folder, name: "test" }],
      capabilities: {
        textDocument: {
          completion: { completionItem: { documentationFormat: ["markdown"], snippetSupport: true } },
          hover: { contentFormat: ["markdown"] },
          publishDiagnostics: {},
        },
        workspace: { configuration: true },
      },
    });
    this.#notify("initialized", {});
    this.#notify("workspace/didChangeConfiguration", { settings: SETTINGS });
  }

  /** Opens a document and answers its diagnostics. */
  async open(path, text) {
    const uri = pathToFileURL(path).href;
    const told = new Promise((resolve) => this.#diagnostics.set(uri, resolve));
    this.#notify("textDocument/didOpen", {
      textDocument: { uri, languageId: "yaml", version: 1, text },
    });
    return patiently(told, `diagnostics of ${path}`);
  }

  /** What is offered at a place: the items. */
  async complete(path, position) {
    const answer = await this.#request("textDocument/completion", this.#at(path, position));
    return answer.items ?? answer;
  }

  /** What is said about a place, as Markdown; nothing when nothing is said. */
  async hover(path, position) {
    const answer = await this.#request("textDocument/hover", this.#at(path, position));
    return answer === null ? "" : (answer.contents.value ?? String(answer.contents));
  }

  async stop() {
    await this.#request("shutdown", null);
    this.#notify("exit", null);
    this.#process.stdin.end();
  }

  #at(path, position) {
    return { textDocument: { uri: pathToFileURL(path).href }, position };
  }

  #request(method, params) {
    const id = this.#next++;
    const answered = new Promise((resolve, reject) => this.#answers.set(id, { resolve, reject }));
    this.#send({ id, method, params });
    return patiently(answered, method);
  }

  #notify(method, params) {
    this.#send({ method, params });
  }

  #send(message) {
    const body = JSON.stringify({ jsonrpc: "2.0", ...message });
    this.#process.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  #read(bytes) {
    this.#unread = Buffer.concat([this.#unread, bytes]);
    for (;;) {
      const end = this.#unread.indexOf("\r\n\r\n");
      if (end < 0) return;
      const header = this.#unread.subarray(0, end).toString();
      const length = Number(/content-length: *(\d+)/i.exec(header)[1]);
      const body = end + 4;
      if (this.#unread.length < body + length) return;
      const message = JSON.parse(this.#unread.subarray(body, body + length).toString());
      this.#unread = this.#unread.subarray(body + length);
      this.#take(message);
    }
  }

  #take(message) {
    const { id, method, params, result, error } = message;
    if (method === undefined) {
      const { resolve, reject } = this.#answers.get(id);
      this.#answers.delete(id);
      if (error === undefined) resolve(result);
      else reject(new Error(error.message));
    } else if (method === "workspace/configuration") {
      this.#send({ id, result: params.items.map(({ section }) => SETTINGS[section] ?? null) });
    } else if (id !== undefined) {
      this.#send({ id, result: null });
    } else if (method === "textDocument/publishDiagnostics") {
      this.#diagnostics.get(params.uri)?.(params.diagnostics);
    }
  }
}

function patiently(promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer: ${what}`)), PATIENCE_MS);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
