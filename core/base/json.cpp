// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"

#include <algorithm>
#include <string>

#include "core/base/file.h"
#include "core/base/in_memory.h"

namespace lottery {

Result<Json> read_json(const std::filesystem::path& path) {
    LOTTERY_TRY(const std::string text, read_file(path));
    return parse_json(text, path.string());
}

Result<Json> parse_json(std::string_view text, const std::string& place) {
    if (text.empty()) return Error{"is empty, JSON was expected", place, {}};
    try {
        return Json::parse(text);
    } catch (const nlohmann::json::parse_error& e) {
        const auto read = text.substr(0, e.byte);
        const auto line = 1 + std::count(read.begin(), read.end(), '\n');
        return Error{std::string("is not valid JSON (") + e.what() + ")", place + ":" + std::to_string(line), {}};
    } catch (const nlohmann::json::exception& e) {  // a number beyond double's range
        return Error{std::string("is not usable JSON (") + e.what() + ")", place, {}};
    }
}

Status write_json(const std::filesystem::path& path, const Json& json) {
    return write_file_atomically(path, json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

Status check_keys(const Json& object, std::initializer_list<std::string_view> known, std::string_view place) {
    if (!object.is_object())
        return Error{std::string("a JSON object was expected, found ") + object.type_name(), std::string(place), {}};
    for (const auto& [key, value] : object.items()) {
        if (std::find(known.begin(), known.end(), key) != known.end()) continue;
        std::string names;
        for (const auto name : known) names += (names.empty() ? "" : ", ") + std::string(name);
        return Error{"unknown key \"" + key + "\"", std::string(place), "Known keys: " + names};
    }
    return ok();
}

}  // namespace lottery
