-- wrk -s forward-auth.lua URL -- TOKENS [PAUSE]
-- The question that a proxy asks (dialect x-forwarded), with the first token; PAUSE milliseconds on average before each.

local question

function init(args)
  local pause = tonumber(args[2] or 0)
  if pause > 0 then
    delay = function() return math.random(0, 2 * pause) end
  end
  local token = assert(io.open(args[1])):read("*l")
  question = wrk.format("GET", nil, {
    ["Host"] = "bench.local",
    ["Authorization"] = "Bearer " .. token,
    ["X-Forwarded-Method"] = "GET",
    ["X-Forwarded-Proto"] = "https",
    ["X-Forwarded-Host"] = "app.bench.local",
    ["X-Forwarded-Uri"] = "/api/data",
    ["X-Forwarded-For"] = "192.0.2.7",
  })
end

function request()
  return question
end

function done(summary, latency, requests)
  local e = summary.errors
  print(string.format('{"requests":%d,"micros":%d,"p50":%d,"p99":%d,"bad":%d}', summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), e.connect + e.read + e.write + e.timeout + e.status))
end
