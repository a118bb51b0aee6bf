-- Whole bodies side by side in one object, each parsed, so that a broken one is noticed.
local calls = require "calls"
local cjson = require "cjson"

local whole = {}
local uris, names = {}, {}

function whole.prepare(list)
  uris = calls.list_uris(list)
  for index = 1, #list do
    names[index] = list[index].name
  end
end

function whole.answer()
  local bodies = calls.capture(uris, calls.read_city())
  local page = {}
  for index = 1, #bodies do
    page[names[index]] = cjson.decode(bodies[index])
  end
  local text = cjson.encode(page)
  ngx.header.content_length = #text
  ngx.print(text)
end

return whole
