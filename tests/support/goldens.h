// SPDX-License-Identifier: GPL-3.0-or-later
//
// What tests of models share: goldens of tests/goldens/bert as features, a sink that keeps messages, a temporary
// folder.
#pragma once

#include <QTest>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/base/progress.h"
#include "core/data/features.h"

namespace lottery::test {

inline std::filesystem::path golden_folder(const std::string& name) {
    return std::filesystem::path(LOTTERY_GOLDENS) / name;
}

inline Json read_golden(const std::filesystem::path& file) {
    auto json = read_json(file);
    if (!json) qFatal("%s", json.error().to_string().c_str());
    return *std::move(json);
}

inline std::vector<Features> golden_features(const Json& sequences) {
    std::vector<Features> features;
    for (const auto& s : sequences) {
        Features f;
        s.at("input_ids").get_to(f.input_ids);
        s.at("token_type_ids").get_to(f.token_type_ids);
        f.target = s.at("label").get<float>();
        f.label = static_cast<int>(f.target);
        features.push_back(std::move(f));
    }
    return features;
}

inline std::vector<float> flat_floats(const Json& nested) {
    std::vector<float> values;
    const auto visit = [&](const auto& self, const Json& node) -> void {
        if (node.is_array())
            for (const auto& child : node) self(self, child);
        else
            values.push_back(node.get<float>());
    };
    visit(visit, nested);
    return values;
}

struct MessageLog : ProgressSink {
    std::vector<std::string> messages;
    void on_message(Severity, const std::string& message) override { messages.push_back(message); }
    [[nodiscard]] bool mentions(const std::string& text) const {
        return std::any_of(messages.begin(), messages.end(),
                           [&](const std::string& m) { return m.find(text) != std::string::npos; });
    }
};

}  // namespace lottery::test

// A Result or Outcome that must have a value; its error text otherwise.
#define QVERIFY_VALUE(expression)                                                                \
    do {                                                                                         \
        const auto& lottery_value_ = (expression);                                               \
        QVERIFY2(static_cast<bool>(lottery_value_), lottery::test::why(lottery_value_).c_str()); \
    } while (false)

namespace lottery::test {
template <typename T>
std::string why(const Result<T>& result) {
    return result ? "" : result.error().to_string();
}
template <typename T>
std::string why(const Outcome<T>& outcome) {
    return outcome.failed() ? outcome.error().to_string() : outcome.cancelled() ? "cancelled" : "";
}
}  // namespace lottery::test
