"""What Redis does to the bars of a speech, each step whole or not at all.

Four keys: ``mark`` (a hash: epoch, eid, ended), ``bars`` (a hash: seq to rev, forming and JSON,
packed with cmsgpack), ``order`` (a sorted set: seq by its last change) and ``watched`` (there while
somebody watches).
"""

from typing import Final

BEGIN: Final = """
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'eid', 0, 'ended', 0)
redis.call('EXPIRE', KEYS[1], ARGV[2])
"""
"""ARGV: epoch, seconds to live."""

PUT: Final = """
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return {0, 0} end
local eid = tonumber(redis.call('HGET', KEYS[1], 'eid'))
for i = 3, #ARGV, 4 do
  local seq, rev = ARGV[i], tonumber(ARGV[i + 1])
  local kept = redis.call('HGET', KEYS[2], seq)
  if not kept or cmsgpack.unpack(kept)[1] < rev then
    eid = eid + 1
    redis.call('HSET', KEYS[2], seq, cmsgpack.pack({rev, tonumber(ARGV[i + 2]), ARGV[i + 3]}))
    redis.call('ZADD', KEYS[3], eid, seq)
  end
end
redis.call('HSET', KEYS[1], 'eid', eid)
for i = 1, 3 do redis.call('EXPIRE', KEYS[i], ARGV[2]) end
return {1, redis.call('EXISTS', KEYS[4])}
"""
"""ARGV: epoch, seconds to live, then seq, rev, forming, JSON of each bar.

Gives 1, or 0 in another epoch; then 1 where somebody watches.
"""

END: Final = """
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return false end
redis.call('HSET', KEYS[1], 'ended', 1)
for i = 1, 3 do redis.call('EXPIRE', KEYS[i], ARGV[2]) end
return redis.call('HGET', KEYS[1], 'eid')
"""
"""ARGV: epoch, seconds to live. Gives the number of changes; nil in another epoch."""

READ: Final = """#!lua flags=no-writes
local mark = redis.call('HMGET', KEYS[1], 'epoch', 'eid', 'ended')
if not mark[1] then return false end
local found = {mark}
local order = redis.call('ZRANGEBYSCORE', KEYS[3], '(' .. ARGV[1], '+inf', 'WITHSCORES')
for i = 1, #order, 2 do
  local bar = redis.call('HGET', KEYS[2], order[i])
  if bar then
    local kept = cmsgpack.unpack(bar)
    found[#found + 1] = {order[i], kept[1], kept[2], kept[3], order[i + 1]}
  end
end
return found
"""
"""ARGV: a change.

Gives epoch, eid, ended; then seq, rev, forming, JSON, eid of each bar that changed since.
"""
