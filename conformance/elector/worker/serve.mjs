// Serves coordinator.js on 127.0.0.1 in Cloudflare's own runtime, until it is ended:  node serve.mjs PORT TOKEN
import { readFile } from "node:fs/promises";
import { Miniflare } from "miniflare";

const [port, token] = process.argv.slice(2);
const runtime = new Miniflare({
  script: await readFile(new URL("coordinator.js", import.meta.url), "utf8"),
  modules: true,
  compatibilityDate: "2025-12-01",
  host: "127.0.0.1",
  port: Number(port),
  bindings: { TOKEN: token },
  durableObjects: { COORDINATOR: { className: "Coordinator", useSQLite: true } },
});
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => runtime.dispose().then(() => process.exit(0)));
}
console.log(`coordinator on ${await runtime.ready}`);
