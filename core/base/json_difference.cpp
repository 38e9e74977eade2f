// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json_difference.h"

#include <algorithm>

namespace lottery {
namespace {

const Json& nothing() {
    static const Json value(Json::value_t::discarded);
    return value;
}

const Json& member(const Json& object, const std::string& key) {
    const auto found = object.find(key);
    return found == object.end() ? nothing() : *found;
}

void compare(const std::string& path, const Json& before, const Json& after, std::vector<JsonDifference>& found) {
    // An object against nothing is told member by member.
    const bool objects = (before.is_object() || after.is_object()) && (before.is_object() || before.is_discarded()) &&
                         (after.is_object() || after.is_discarded());
    if (!objects) {
        if (before.is_discarded() != after.is_discarded() || before != after) found.push_back({path, before, after});
        return;
    }
    const auto path_of = [&](const std::string& key) { return path.empty() ? key : path + "/" + key; };
    const Json none = Json::object();
    const Json& left = before.is_object() ? before : none;
    const Json& right = after.is_object() ? after : none;
    for (const auto& [key, value] : left.items()) compare(path_of(key), value, member(right, key), found);
    for (const auto& [key, value] : right.items())
        if (!left.contains(key)) compare(path_of(key), nothing(), value, found);
}

bool is_sha256(const Json& value) {
    if (!value.is_string()) return false;
    const auto& text = value.get_ref<const std::string&>();
    return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

}  // namespace

std::vector<JsonDifference> json_differences(const Json& before, const Json& after) {
    std::vector<JsonDifference> found;
    compare("", before, after, found);
    return found;
}

std::string to_string(const JsonDifference& d) {
    if (is_sha256(d.before) && is_sha256(d.after)) return d.key + " has changed";
    const auto shown = [](const Json& value) {
        if (value.is_discarded()) return std::string("nothing");
        return is_sha256(value) ? std::string("a file") : value.dump();
    };
    return d.key + ": " + shown(d.before) + " before, " + shown(d.after) + " now";
}

}  // namespace lottery
