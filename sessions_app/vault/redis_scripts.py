"""What Redis does to a recording, each step whole or not at all, whoever dies meanwhile.

A recording is two keys. ``tail``: the newest PCM, raw. ``blocks``: a list whose first element is a
random name given at birth, then sealed blocks of ``block`` bytes of PCM each. Both exist or neither
does: should one be lost, the recording is, because what is left would read as something else.
"""

from typing import Final

_SIZE: Final = """
local tail, blocks, block = KEYS[1], KEYS[2], tonumber(ARGV[1])
local present = redis.call('EXISTS', tail, blocks)
local sealed, raw = 0, 0
if present == 2 then
  sealed, raw = redis.call('LLEN', blocks) - 1, redis.call('STRLEN', tail)
end
local size = sealed * block + raw
"""

# Without a `#!lua` line on purpose: with one, a full Redis refuses even what changes nothing.
APPEND: Final = (
    _SIZE
    + """
local start, pcm, ttl, name = tonumber(ARGV[2]), ARGV[3], ARGV[4], ARGV[5]
local skip = size - start
if skip < 0 then return {-1, 0} end
if skip < #pcm then
  if present == 1 then redis.call('DEL', tail, blocks) end
  if present < 2 then redis.call('RPUSH', blocks, name) end
  raw = redis.call('APPEND', tail, string.sub(pcm, skip + 1))
end
redis.call('EXPIRE', tail, ttl)
redis.call('EXPIRE', blocks, ttl)
return {sealed * block + raw, raw}
"""
)
"""ARGV: block, start (bytes), pcm, seconds to live, name at birth.

Gives the bytes kept and how many of them are raw; ``{-1, 0}`` when ``start`` is beyond the end.
"""

LENGTH: Final = "#!lua flags=no-writes\n" + _SIZE + "return size"
"""ARGV: block. Gives the bytes kept."""

PIECE: Final = (
    "#!lua flags=no-writes\n"
    + _SIZE
    + """
local at = tonumber(ARGV[2])
if at >= size then return false end
local name = redis.call('LINDEX', blocks, 0)
local index = math.floor(at / block)
if index < sealed then return {name, 1, redis.call('LINDEX', blocks, index + 1)} end
local from = at - sealed * block
return {name, 0, redis.call('GETRANGE', tail, from, from + block - 1)}
"""
)
"""ARGV: block, position (bytes).

Gives name, 1 and the sealed block around the position, or name, 0 and up to ``block`` raw bytes
from there on; nil at the end.
"""

# It needs room for a moment to free more: when Redis is full it must work all the same.
SEAL: Final = (
    "#!lua flags=allow-oom\n"
    + _SIZE
    + """
local name, count, packed = ARGV[2], tonumber(ARGV[3]), ARGV[4]
if sealed == count and raw > block and redis.call('LINDEX', blocks, 0) == name then
  redis.call('RPUSH', blocks, packed)
  redis.call('SET', tail, redis.call('GETRANGE', tail, block, -1), 'KEEPTTL')
  sealed, raw = sealed + 1, raw - block
end
return {sealed, raw}
"""
)
"""ARGV: block, name, blocks there were, the first raw block sealed.

Does nothing when another was first or the recording is another one. Gives the number of sealed
blocks and of raw bytes there are now.
"""
