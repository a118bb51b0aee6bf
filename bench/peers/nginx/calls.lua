-- Calls all backends at once by subrequests; gives their bodies in the order of the calls.
local calls = {}

function calls.capture(uris, city)
  local options = { args = "city=" .. ngx.escape_uri(city) }
  local requests = {}
  for index = 1, #uris do
    requests[index] = { uris[index], options }
  end
  local answers = { ngx.location.capture_multi(requests) }
  local bodies = {}
  for index = 1, #answers do
    local answer = answers[index]
    if answer.status ~= 200 or answer.truncated then
      ngx.log(ngx.ERR, uris[index], " answered ", answer.status)
      return ngx.exit(502)
    end
    bodies[index] = answer.body
  end
  return bodies
end

function calls.list_uris(list)
  local uris = {}
  for index = 1, #list do
    uris[index] = list[index].uri
  end
  return uris
end

function calls.read_city()
  return ngx.var.arg_city and ngx.unescape_uri(ngx.var.arg_city) or "shanghai"
end

return calls
