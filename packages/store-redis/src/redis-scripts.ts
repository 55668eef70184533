// What runs inside Redis. A record is a hash at one key, an owner's index a sorted set at another;
// in a cluster the two live on different nodes, so no script needs both.
//
// Record: d data; h createdAt, seenAt, expiresAt, version, until when the owner's index has it (by the
// clients' clock), which call wrote it, and its owner ('' for none, else '=' and the owner), with
// spaces between. Two fields take 300 bytes less than eight.
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

const header = `
local function read(key)
  local text = redis.call('HMGET', key, 'h')[1]
  if not text then return nil end
  local created, seen, expires, version, indexed, call, owner =
    string.match(text, '^(%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (.*)$')
  return { created = created, seen = seen, expires = expires, version = version,
    indexed = indexed, call = call, owner = owner, expiresAt = tonumber(expires) }
end
local function spell(record)
  return table.concat({ record.created, record.seen, record.expires, record.version,
    record.indexed, record.call, record.owner }, ' ')
end`;

// KEYS record, index (not in a cluster)
const write = `${header}
local now, call, id, owner, data, created, seen, expires, version, ttl, indexed, indexedFor, until_ =
  unpack(ARGV)
now = tonumber(now)
${announceFunction}
local function late() return clock() > tonumber(until_) end
local function put(created, indexed)
  local text = spell({ created = created, seen = seen, expires = expires, version = version,
    indexed = indexed, call = call, owner = owner })
  redis.call('HSET', KEYS[1], 'h', text, 'd', data)
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
local old = read(KEYS[1])
if old and old.expiresAt > now then
  if old.call == call then return ${WRITTEN} end
  return ${REFUSED}
end
if owner ~= '' then
  if KEYS[2] then announce(KEYS[2], id, indexedFor)
  elseif late() then return ${ANNOUNCE_FIRST} end
end
return put(created, indexed)`);

export const replace: Script = script(`${write}
local old = read(KEYS[1])
if not old or old.expiresAt <= now then return ${REFUSED} end
if old.version == version and old.call == call then return ${WRITTEN} end
if tonumber(old.version) ~= tonumber(version) - 1 then return ${REFUSED} end
if owner == old.owner and tonumber(expires) <= tonumber(old.indexed) then
  return put(old.created, old.indexed)
end
if owner ~= '' then
  if KEYS[2] then announce(KEYS[2], id, indexedFor)
  elseif late() then return ${ANNOUNCE_FIRST} end
end
return put(old.created, indexed)`);

/**
 * KEYS record; ARGV now, seen, expires, ttl, and after an announcement: owner, indexed, until.
 * Answers 0, 1, or the owner whose index has to have it first, as it is spelled in `h`.
 */
export const touch: Script = script(`${clock}${header}
local now, seen, expires, ttl, owner, indexed, until_ = unpack(ARGV)
local record = read(KEYS[1])
if not record or record.expiresAt <= tonumber(now) then return 0 end
local longer = tonumber(expires) > record.expiresAt
local later = tonumber(seen) > tonumber(record.seen)
if longer then
  if record.owner ~= '' and tonumber(expires) > tonumber(record.indexed) then
    if owner ~= record.owner or clock() > tonumber(until_) then return record.owner end
    record.indexed = indexed
  end
  record.expires = expires
end
if later then record.seen = seen end
if longer or later then redis.call('HSET', KEYS[1], 'h', spell(record)) end
if longer then redis.call('PEXPIRE', KEYS[1], ttl) end
return 1`);

/** KEYS record; ARGV now, owner (optional). Answers 0, or `DELETED` and the owner as in `h`. */
export const remove: Script = script(`${header}
local old = read(KEYS[1])
if not old or (ARGV[2] and old.owner ~= ARGV[2]) then return 0 end
redis.call('DEL', KEYS[1])
if old.expiresAt <= tonumber(ARGV[1]) then return 0 end
return '${DELETED}' .. old.owner`);

function script(lua: string): Script {
  // SHA-1 is how Redis names a script.
  return { lua, sha: createHash("sha1").update(lua).digest("hex") };
}
