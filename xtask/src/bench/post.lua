-- Posts entries that all differ: each of wrk's threads counts for itself.
local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("id", threads)
end

local number = 0
local headers = {
  ["Authorization"] = "Bearer " .. os.getenv("TIDINGS_BENCH_KEY"),
  ["Content-Type"] = "application/json",
}

function request()
  number = number + 1
  local title = string.format("Entry %d of thread %d", number, id)
  local body = '{"title":"' .. title .. '","content":"## Added\\n\\n- A **short** list\\n- of `two` items"}'
  return wrk.format("POST", nil, headers, body)
end
