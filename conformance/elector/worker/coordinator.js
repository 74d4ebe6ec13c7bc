// An elector's coordinator as a Cloudflare Worker: one Durable Object for each cluster says who the elector is. The contract
// is in design/ELECTOR.md. The path of the URL is the cluster's name; the secret TOKEN is what nodes must present.
//
// A Durable Object takes one event at a time, and no other one between a read of its storage and the write after it, so of
// two candidates one is first. Times are those of the object alone.

const LONGEST_TTL_MS = 24 * 60 * 60 * 1000;
const LONGEST_TEXT = 253;

export default {
  async fetch(request, env) {
    if (!(await isAllowed(request, env.TOKEN))) {
      return answer(401, { error: "the token is not the one this coordinator expects" });
    }
    const { pathname } = new URL(request.url);
    if (!/^\/[A-Za-z0-9._-]{1,100}$/.test(pathname)) {
      return answer(404, { error: "the URL ends with /CLUSTER, of letters, digits, '.', '_' and '-'" });
    }
    return env.COORDINATOR.get(env.COORDINATOR.idFromName(pathname)).fetch(request);
  },
};

export class Coordinator {
  constructor(state) {
    this.storage = state.storage;
  }

  async fetch(request) {
    switch (request.method) {
      case "GET":
        return answer(200, asSeen(await this.role(), Date.now()));
      case "PUT":
        return this.campaign(await request.json().catch(() => null));
      case "DELETE":
        return this.release(new URL(request.url).searchParams.get("process"));
      default:
        return answer(405, { error: "GET, PUT and DELETE are what there is" }, { Allow: "GET, PUT, DELETE" });
    }
  }

  async role() {
    return (await this.storage.get("role")) ?? { holder: null, process: null, token: 0, end: 0 };
  }

  async campaign(body) {
    if (!isName(body?.node) || !isName(body.process) || !isTtl(body.ttl_ms)) {
      return answer(400, { error: "PUT takes node, process, and ttl_ms of at most a day" });
    }
    const role = await this.role();
    const now = Date.now();
    const held = role.holder !== null && role.end > now;
    if (held && role.process !== body.process) {
      return answer(409, asSeen(role, now));
    }
    // Who comes back after his time was over begins anew: others may have been told that nobody holds the role.
    const token = held ? role.token : role.token + 1;
    const next = { holder: body.node, process: body.process, token, end: now + body.ttl_ms };
    await this.storage.put("role", next);
    return answer(200, asSeen(next, now));
  }

  async release(process) {
    const role = await this.role();
    if (role.holder !== null && role.process === process) {
      await this.storage.put("role", { ...role, holder: null, process: null, end: 0 });
    }
    return new Response(null, { status: 204 });
  }
}

function asSeen(role, now) {
  const remaining = Math.max(0, role.end - now);
  return remaining === 0
    ? { holder: null, process: null, token: role.token, remaining_ms: 0 }
    : { holder: role.holder, process: role.process, token: role.token, remaining_ms: remaining };
}

function isName(text) {
  return typeof text === "string" && text.trim() !== "" && text.length <= LONGEST_TEXT;
}

function isTtl(ttl) {
  return Number.isInteger(ttl) && ttl > 0 && ttl <= LONGEST_TTL_MS;
}

// Compares digests, so that the time it takes says nothing of the secret.
async function isAllowed(request, secret) {
  if (!secret) {
    return false;
  }
  const [given, expected] = await Promise.all(
    [request.headers.get("Authorization") ?? "", `Bearer ${secret}`].map((text) =>
      crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)),
    ),
  );
  return crypto.subtle.timingSafeEqual(given, expected);
}

function answer(status, body, headers = {}) {
  return Response.json(body, { status, headers });
}
