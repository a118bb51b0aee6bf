-- The page of map-home.ts in Lua: the same members from the same bodies.
local calls = require "calls"
local cjson = require "cjson"

local home = {}
local uris = {}

function home.prepare(list)
  uris = calls.list_uris(list)
end

local function map(list, convert)
  local result = {}
  for index = 1, #list do
    result[index] = convert(list[index])
  end
  return result
end

local function chinese(text)
  if text == nil or text == cjson.null then
    return nil
  end
  return text.zh
end

local function map_user(user)
  return {
    id = user.id,
    name = user.name.zh,
    avatar = user.avatar.url,
    level = user.level.name,
    points = user.points.balance,
    coupons = user.coupons.usable,
    unread = user.inbox.unread,
    segment = user.segment,
    district = user.address.district,
  }
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
    name = channel.name.zh,
    nameEn = channel.name.en,
    icon = channel.icon,
    link = channel.link.url,
    badge = chinese(channel.badge),
  }
end

local function map_product(item)
  return {
    id = item.id,
    title = item.title.zh,
    titleEn = item.title.en,
    image = item.cover,
    category = item.category.id,
    brand = item.brand.name.zh,
    tags = item.tags,
    rating = item.rating.score,
    ratings = item.rating.count,
    sold = item.sold.text,
    cents = item.price.cents,
    price = item.price.display,
    was = item.price.was.display,
    off = item.price.discount_pct,
    member = item.price.member.display,
    stock = item.stock,
    reason = chinese(item.reason),
    link = "demo://product/" .. item.id,
  }
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
    ["until"] = promotion.ends_at,
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

function home.answer()
  local city = calls.read_city()
  local bodies = calls.capture(uris, city)
  local content = cjson.decode(bodies[2]).data
  local text = cjson.encode({
    city = city,
    user = map_user(cjson.decode(bodies[1]).data.user),
    banners = map(content.banners, map_banner),
    channels = map(content.channels, map_channel),
    products = map(cjson.decode(bodies[3]).items, map_product),
    promotions = map(cjson.decode(bodies[4]).promotions, map_promotion),
    brands = map(cjson.decode(bodies[5]).brands, map_brand),
  })
  ngx.header.content_length = #text
  ngx.print(text)
end

return home
