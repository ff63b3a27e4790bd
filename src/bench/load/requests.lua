-- wrk -s requests.lua URL -- METHOD TOKENS BODY
-- One request per line of the file TOKENS, taken in turn from a random start; "-" stands for no token, no body.
-- Ends with one line of JSON for the caller.

local ready, at = {}, 0

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

function init(args)
  local method, tokens, body = args[1], args[2], args[3]
  local headers = { ["Host"] = "bench.local" }
  local payload = nil
  if body ~= "-" then
    payload = read(body)
    headers["Content-Type"] = "application/json"
  end
  if tokens == "-" then
    ready[1] = wrk.format(method, nil, headers, payload)
  else
    for token in io.lines(tokens) do
      headers["Authorization"] = "Bearer " .. token
      ready[#ready + 1] = wrk.format(method, nil, headers, payload)
    end
  end
  math.randomseed(os.time())
  at = math.random(#ready)
end

function request()
  at = at % #ready + 1
  return ready[at]
end

function done(summary, latency, requests)
  local e = summary.errors
  print(string.format('{"requests":%d,"micros":%d,"p50":%d,"p99":%d,"bad":%d}', summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), e.connect + e.read + e.write + e.timeout + e.status))
end
