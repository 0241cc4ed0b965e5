-- For wrk: sends the requests of a file (path, cookie and body between tabs), each thread its share of the lines.
-- Arguments: the file, the number of threads.
local threads = 0

function setup(thread)
  thread:set("turn", threads)
  threads = threads + 1
end

function init(args)
  prepared, last = {}, 0
  local number, among = 0, tonumber(args[2])
  local all = {}
  for line in io.lines(args[1]) do
    all[#all + 1] = line
  end
  for position, line in ipairs(all) do
    -- Few lines are everybody's; many are shared out, so that none is sent twice before all were sent once.
    if #all < 1000 or position % among == turn then
      local path, cookie, body = line:match("^(.-)\t(.-)\t(.*)$")
      local headers = { ["Content-Type"] = "application/json", ["Sec-Fetch-Site"] = "same-origin" }
      if cookie ~= "" then
        headers["Cookie"] = cookie
      end
      number = number + 1
      prepared[number] = wrk.format("POST", path, headers, body)
    end
  end
end

function request()
  last = last % #prepared + 1
  return prepared[last]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'RESULT{"answers": %d, "refused": %d, "broken": %d, "seconds": %.3f, "p50": %.3f, "p99": %.3f}\n',
    summary.requests, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
    summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
