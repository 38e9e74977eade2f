// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json_fields.h"

#include <algorithm>

namespace lottery {

JsonFields::JsonFields(const Json& object, std::string place) : object_(object), place_(std::move(place)) {
    if (!object_.is_object())
        status_ = Error{std::string("a JSON object was expected, found ") + object_.type_name(), place_, {}};
}

const Json* JsonFields::find(const char* key) {
    known_.emplace_back(key);
    if (!status_) return nullptr;
    const auto found = object_.find(key);
    return found == object_.end() ? nullptr : &*found;
}

const Json* JsonFields::find_array(const char* key) {
    const Json* found = find(key);
    if (found != nullptr && !found->is_array()) {
        fail(key, found->dump() + " found, a list expected");
        return nullptr;
    }
    return found;
}

void JsonFields::take(const char* key, bool& value) {
    const Json* found = find(key);
    if (found == nullptr) return;
    if (!found->is_boolean()) return fail(key, found->dump() + " found, true or false expected");
    value = found->get<bool>();
}

void JsonFields::take(const char* key, double& value) {
    const Json* found = find(key);
    if (found == nullptr) return;
    if (!found->is_number()) return fail(key, found->dump() + " found, a number expected");
    value = found->get<double>();
}

void JsonFields::take(const char* key, std::string& value) {
    const Json* found = find(key);
    if (found == nullptr) return;
    if (!found->is_string()) return fail(key, found->dump() + " found, a text expected");
    value = found->get<std::string>();
}

void JsonFields::take(const char* key, std::vector<std::string>& values) {
    const Json* found = find_array(key);
    if (found == nullptr) return;
    values.clear();
    for (const auto& item : *found) {
        if (!item.is_string()) return fail(key, item.dump() + " found, a text expected");
        values.push_back(item.get<std::string>());
    }
}

void JsonFields::require(const char* key) {
    if (status_ && !object_.contains(key)) status_ = Error{std::string("has no key \"") + key + "\"", place_, {}};
}

void JsonFields::fail(const std::string& key, std::string message) {
    if (status_) status_ = Error{std::move(message), place_of(key), {}};
}

Status JsonFields::finish() {
    if (!status_) return status_;
    for (const auto& [key, value] : object_.items()) {
        if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
        std::string names;
        for (const auto& name : known_) names += (names.empty() ? "" : ", ") + name;
        return Error{"unknown key \"" + key + "\"", place_, "Known keys: " + names};
    }
    return ok();
}

}  // namespace lottery
