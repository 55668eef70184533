// What runs inside Redis. A record is a hash at one key, an owner's index a sorted set at another;
// in a cluster the two live on different nodes, so no script needs both.
//
// Record: o owner ('' for none, else '=' and the owner), d data, c createdAt, s seenAt, e expiresAt,
// v version, i until when the owner's index has it (by the clients' clock), w which call wrote it.
//
// Index, in ms of Redis' own clock: '=id' → until when that entry is kept, '?id' → until when it
// must not be taken for left over, because the record may still be on its way.
import { createHash } from "node:crypto";

export interface Script {
  readonly lua: string;
  readonly sha: string;
}

/** How long an entry counts as new. */
const NEW_MS = 60_000;

/**
 * How long after its entry a record may be written: half of that, so that the clocks of two nodes
 * may differ by the other half.
 */
const WRITE_MS: number = NEW_MS / 2;

const clock = `
local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end`;

// Writes that memory may be refused to come first: Redis asks only before a script's first write.
const announceFunction = `${clock}
local function announce(key, id, forMs)
  local now = clock()
  redis.call('ZADD', key, 'GT', now + forMs, '=' .. id)
  redis.call('ZADD', key, now + ${NEW_MS}, '?' .. id)
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
  if redis.call('PTTL', key) < tonumber(forMs) then redis.call('PEXPIRE', key, forMs) end
  return string.format('%.0f', now + ${WRITE_MS})
end`;

/** KEYS index; ARGV id, ms to keep the entry. Answers until when the record may be written. */
export const announce: Script = script(`${announceFunction}
return announce(KEYS[1], ARGV[1], ARGV[2])`);

/** KEYS index; ARGV ids whose records are gone. */
export const heal: Script = script(`${clock}
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', clock())
for _, id in ipairs(ARGV) do
  if not redis.call('ZSCORE', KEYS[1], '?' .. id) then redis.call('ZREM', KEYS[1], '=' .. id) end
end
return 1`);

// KEYS record, index (not in a cluster)
const write = `
local now, call, id, owner, data, created, seen, expires, version, ttl, indexed, indexedFor, until_ =
  unpack(ARGV)
now = tonumber(now)
${announceFunction}
local function late() return clock() > tonumber(until_) end
local function put(created, indexed)
  redis.call('HSET', KEYS[1], 'o', owner, 'd', data, 'c', created, 's', seen, 'e', expires,
    'v', version, 'i', indexed, 'w', call)
  redis.call('PEXPIRE', KEYS[1], ttl)
  return 1
end`;

// Answers of create and replace.
export const REFUSED = 0;
export const WRITTEN = 1;
/** Nothing was written: the owner's index has to have it first. */
export const ANNOUNCE_FIRST = 2;

/** What `remove` answers with when it was this call that ended the record. */
export const DELETED = "deleted";

/** A client may send a command again when a connection broke before the answer: same `call`. */
export const create: Script = script(`${write}
local old = redis.call('HMGET', KEYS[1], 'e', 'w')
if old[1] and tonumber(old[1]) > now then
  if old[2] == call then return ${WRITTEN} end
  return ${REFUSED}
end
if owner ~= '' then
  if KEYS[2] then announce(KEYS[2], id, indexedFor)
  elseif late() then return ${ANNOUNCE_FIRST} end
end
return put(created, indexed)`);

export const replace: Script = script(`${write}
local old = redis.call('HMGET', KEYS[1], 'e', 'v', 'w', 'o', 'i', 'c')
if not old[1] or tonumber(old[1]) <= now then return ${REFUSED} end
if old[2] == version and old[3] == call then return ${WRITTEN} end
if tonumber(old[2]) ~= tonumber(version) - 1 then return ${REFUSED} end
if owner == old[4] and tonumber(expires) <= tonumber(old[5]) then return put(old[6], old[5]) end
if owner ~= '' then
  if KEYS[2] then announce(KEYS[2], id, indexedFor)
  elseif late() then return ${ANNOUNCE_FIRST} end
end
return put(old[6], indexed)`);

/**
 * KEYS record; ARGV now, seen, expires, ttl, and after an announcement: owner, indexed, until.
 * Answers 0, 1, or the owner whose index has to have it first, as it is spelled in `o`.
 */
export const touch: Script = script(`${clock}
local now, seen, expires, ttl, owner, indexed, until_ = unpack(ARGV)
local old = redis.call('HMGET', KEYS[1], 'e', 's', 'o', 'i')
if not old[1] or tonumber(old[1]) <= tonumber(now) then return 0 end
if tonumber(expires) > tonumber(old[1]) then
  if old[3] ~= '' and tonumber(expires) > tonumber(old[4]) then
    if owner ~= old[3] or clock() > tonumber(until_) then return old[3] end
    redis.call('HSET', KEYS[1], 'i', indexed)
  end
  redis.call('HSET', KEYS[1], 'e', expires)
  redis.call('PEXPIRE', KEYS[1], ttl)
end
if tonumber(seen) > tonumber(old[2]) then redis.call('HSET', KEYS[1], 's', seen) end
return 1`);

/** KEYS record; ARGV now, owner (optional). Answers 0, or `DELETED` and the owner as in `o`. */
export const remove: Script = script(`
local old = redis.call('HMGET', KEYS[1], 'e', 'o')
if not old[1] or (ARGV[2] and old[2] ~= ARGV[2]) then return 0 end
redis.call('DEL', KEYS[1])
if tonumber(old[1]) <= tonumber(ARGV[1]) then return 0 end
return '${DELETED}' .. old[2]`);

function script(lua: string): Script {
  // SHA-1 is how Redis names a script.
  return { lua, sha: createHash("sha1").update(lua).digest("hex") };
}
