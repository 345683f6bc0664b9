-- Asks for what it has already: the answer is 304.
request = function()
  return wrk.format("GET", nil, { ["If-None-Match"] = os.getenv("TIDINGS_BENCH_TAG") })
end
