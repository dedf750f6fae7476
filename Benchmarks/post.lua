-- Posts the body of a file, of a type: wrk -s post.lua URL -- FILE TYPE
function init(arguments)
  local file = assert(io.open(arguments[1], "rb"))
  wrk.method, wrk.body = "POST", file:read("*a")
  wrk.headers["Content-Type"] = arguments[2]
  file:close()
end
