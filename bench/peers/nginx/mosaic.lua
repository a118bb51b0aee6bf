-- The demo's homepage by hand: as peers/mosaic/compose.ts, each call with what stands in for it.
local cjson = require "cjson.safe"
local capture_multi = ngx.location.capture_multi
local escape = ngx.escape_uri
local concat = table.concat

local mosaic = {}
local slice_size = 5
local welcome = {
  id = "b-welcome",
  slot = 1,
  title = { zh = "欢迎", en = "Welcome" },
  image = { url = "https://img.example.com/banner/welcome.webp", width = 1125, height = 420, background = "#3D5A80" },
  link = { url = "demo://welcome" },
  tracking = {},
}
local no_banners = { data = { banners = { welcome } } }
local no_channels = { data = { channels = {} } }
local no_items = { items = {} }
local no_prices = { prices = {} }
local no_promotions = { promotions = {} }
local no_brands = { brands = {} }

local function map(list, convert)
  local result = {}
  for index = 1, #list do
    result[index] = convert(list[index])
  end
  return result
end

local function by_id(list)
  local found = {}
  for index = 1, #list do
    found[list[index].id] = list[index]
  end
  return found
end

local function chinese(text)
  if text == nil or text == cjson.null then
    return nil
  end
  return text.zh
end

-- The body of an answer, or what stands in for it, and where it came from.
local function part(answer, stand_in, source)
  local body = answer.status == 200 and not answer.truncated and cjson.decode(answer.body)
  if body then
    return body, "live"
  end
  return stand_in, source or "fallback"
end

local function map_banner(banner)
  return {
    id = banner.id,
    slot = banner.slot,
    title = banner.title.zh,
    titleEn = banner.title.en,
    image = banner.image.url,
    width = banner.image.width,
    height = banner.image.height,
    background = banner.image.background,
    link = banner.link.url,
    campaign = banner.tracking.campaign,
    ["until"] = banner.ends_at,
  }
end

local function map_channel(channel)
  return {
    id = channel.id,
    position = channel.position,
    name = channel.name.zh,
    nameEn = channel.name.en,
    icon = channel.icon,
    link = channel.link.url,
    badge = chinese(channel.badge),
  }
end

local function map_product(card, price, pick)
  local product = {
    id = card.id,
    title = card.title.zh,
    titleEn = card.title.en,
    image = card.cover,
    category = card.category.id,
    brand = card.brand.name.zh,
    tags = card.tags,
    rating = card.rating.score,
    sold = card.sold.text,
    reason = pick and chinese(pick.reason),
    link = "demo://product/" .. card.id,
  }
  if price then
    product.cents = price.cents
    product.price = price.display
    product.was = price.was.display
    product.off = price.discount_pct
    product.member = price.member.display
    product.stock = price.stock
  end
  return product
end

local function map_promotion(promotion)
  return {
    id = promotion.id,
    title = promotion.title.zh,
    titleEn = promotion.title.en,
    icon = promotion.icon,
    threshold = promotion.rule.threshold_cents,
    off = promotion.rule.off_cents,
    coupon = promotion.coupon,
  }
end

local function map_brand(brand)
  return {
    id = brand.id,
    name = brand.name.zh,
    nameEn = brand.name.en,
    logo = brand.logo,
    country = brand.country,
    rating = brand.rating,
    followers = brand.followers,
    stores = brand.stores_nearby,
  }
end

-- Who a session belongs to. Better a page for everyone than none, but an expired one must sign in again.
local function recognize()
  if not ngx.var.http_x_session_token then
    return { segment = "anonymous" }
  end
  local answer = ngx.location.capture("/users/session")
  if answer.status == 401 then
    ngx.status = 401
    ngx.header.content_type = "application/json"
    ngx.print('{"code":"session-expired","title":"Please sign in again"}')
    return ngx.exit(401)
  end
  local session = part(answer, nil)
  if not session or session.user == cjson.null then
    return { segment = "anonymous" }
  end
  ngx.var.user_id = session.user.id
  return { id = session.user.id, name = session.user.name.zh, segment = session.segment }
end

local function recommend(city, segment)
  local options = { args = "size=10&seg=" .. segment, share_all_vars = true }
  local picks, source = part(ngx.location.capture("/reco/recommend/" .. city, options), nil)
  if picks then
    return picks, source
  end
  local answer = ngx.location.capture("/catalog/bestsellers", { args = "size=10&city=" .. city })
  return part(answer, no_items), source
end

-- Which products, then what they look like and cost, prices in slices side by side.
local function fill_shelf(city, segment)
  local picks, picks_source = recommend(city, segment)
  local ids = map(picks.items, function(pick)
    return escape(pick.id)
  end)
  local requests = { { "/catalog/cards", { args = "ids=" .. concat(ids, ",") } } }
  for from = 1, #ids, slice_size do
    local slice = concat(ids, "&ids=", from, math.min(from + slice_size - 1, #ids))
    requests[#requests + 1] = { "/pricing/prices", { args = "ids=" .. slice } }
  end
  local answers = { capture_multi(requests) }
  local cards, cards_source = part(answers[1], no_items)
  local price_of, pick_of = {}, by_id(picks.items)
  for index = 2, #answers do
    local prices = part(answers[index], no_prices).prices
    for at = 1, #prices do
      price_of[prices[at].id] = prices[at]
    end
  end
  local products = map(cards.items, function(card)
    return map_product(card, price_of[card.id], pick_of[card.id])
  end)
  return products, picks_source, cards_source
end

function mosaic.prepare() end

function mosaic.answer()
  local city = escape(ngx.var.arg_city and ngx.unescape_uri(ngx.var.arg_city) or "shanghai")
  local user = recognize()
  local shelf = ngx.thread.spawn(fill_shelf, city, user.segment)
  local banners_answer, channels_answer, promotions_answer, brands_answer = capture_multi({
    { "/content/banners", { args = "slot=home&city=" .. city } },
    { "/content/channels", { args = "city=" .. city } },
    { "/pricing/promotions", { args = "city=" .. city .. "&segment=" .. user.segment } },
    { "/brands/brands/featured", { args = "size=6&city=" .. city } },
  })
  local _, products, picks_source, cards_source = ngx.thread.wait(shelf)
  local banners, banners_source = part(banners_answer, no_banners)
  local channels, channels_source = part(channels_answer, no_channels)
  local promotions, promotions_source = part(promotions_answer, no_promotions, "skipped")
  local brands, brands_source = part(brands_answer, no_brands)
  local text = cjson.encode({
    city = ngx.unescape_uri(city),
    user = { signedIn = user.id ~= nil, segment = user.segment, name = user.name or "访客" },
    banners = map(banners.data.banners, map_banner),
    channels = map(channels.data.channels, map_channel),
    products = products,
    promotions = map(promotions.promotions, map_promotion),
    brands = map(brands.brands, map_brand),
    meta = {
      requestId = ngx.var.http_x_request_id or ngx.var.request_id,
      banners = banners_source,
      channels = channels_source,
      recommendations = picks_source,
      cards = cards_source,
      promotions = promotions_source,
      brands = brands_source,
    },
  })
  -- Debian's cjson knows no empty list. None of these members is ever an object.
  text = text:gsub('":{}', '":[]')
  ngx.header.cache_control = "private, max-age=5"
  ngx.header.vary = "x-session-token"
  ngx.header.content_length = #text
  ngx.print(text)
end

return mosaic
