// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reading an object of one of our own JSON formats field by field. Missing keys leave the default, everything that is
// not understood is an error: unknown keys, other types, numbers out of a type's range, unknown names.
//
// Thread rule: one thread at a time per object.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/base/json.h"
#include "core/base/result.h"

namespace lottery {

class JsonFields {
public:
    // `place` names the file, and the key within it where this is no file's outermost object. The object must outlive
    // this reader.
    JsonFields(const Json& object, std::string place);

    // The first problem stays; after one, nothing more is read.
    void take(const char* key, bool& value);
    void take(const char* key, double& value);
    void take(const char* key, std::string& value);
    template <typename T, std::enable_if_t<std::is_integral_v<T>, int> = 0>
    void take(const char* key, T& value) {
        if (const Json* found = find(key)) take_integer(key, *found, value);
    }
    template <typename T, std::enable_if_t<std::is_integral_v<T>, int> = 0>
    void take(const char* key, std::vector<T>& values) {
        const Json* found = find_array(key);
        if (found == nullptr) return;
        values.clear();
        for (const auto& item : *found) take_integer(key, item, values.emplace_back());
    }
    void take(const char* key, std::vector<std::string>& values);
    // One of `all`, by the name that to_string(E) gives it.
    template <typename E, typename Range>
    void take_name(const char* key, E& value, const Range& all) {
        const Json* found = find(key);
        if (found == nullptr) return;
        std::string known;
        for (const auto& each : all) {
            if (found->is_string() && found->get_ref<const std::string&>() == to_string(each)) {
                value = each;
                return;
            }
            known += (known.empty() ? "" : ", ") + std::string(to_string(each));
        }
        fail(key, found->dump() + " found, one of " + known + " expected");
    }
    // The value itself, to be read by others; nullptr where it is missing. The key then counts as known.
    const Json* find(const char* key);
    // As find; anything but an array is a problem.
    const Json* find_array(const char* key);
    void require(const char* key);
    void fail(const std::string& key, std::string message);
    [[nodiscard]] std::string place_of(const std::string& key) const { return place_ + ", " + key; }

    // The first problem, or the first key that nobody asked for.
    Status finish();

private:
    template <typename T, std::enable_if_t<std::is_integral_v<T>, int> = 0>
    void take_integer(const char* key, const Json& json, T& value) {
        if (json.is_number_unsigned() && std::in_range<T>(json.get<std::uint64_t>()))
            value = static_cast<T>(json.get<std::uint64_t>());
        else if (json.is_number_integer() && !json.is_number_unsigned() && std::in_range<T>(json.get<std::int64_t>()))
            value = static_cast<T>(json.get<std::int64_t>());
        else
            fail(key, json.dump() + " found, " + (std::is_unsigned_v<T> ? "an integer from 0 on" : "an integer") +
                          " expected");
    }

    const Json& object_;
    std::string place_;
    std::vector<std::string> known_;
    Status status_ = ok();
};

}  // namespace lottery
