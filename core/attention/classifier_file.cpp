// SPDX-License-Identifier: GPL-3.0-or-later
#include <charconv>
#include <cmath>
#include <cstdio>
#include <map>
#include <string>
#include <utility>

#include "core/attention/pattern_classifier.h"
#include "core/model/safetensors.h"
#include "core/model/stored_values.h"

namespace lottery {
namespace {

constexpr const char* kFormat = "lottery attention-pattern classifier";
constexpr const char* kVersion = "1";
constexpr const char* kTrainAgain = "Train it again with lottery patterns train";

std::string class_names() {
    std::string names;
    for (const auto pattern : all_patterns()) names += (names.empty() ? "" : ",") + std::string(to_string(pattern));
    return names;
}

std::string number_text(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.17g", value);
    return text;
}

class InfoReader {
public:
    explicit InfoReader(const SafetensorsFile& file) : metadata_(file.metadata()), place_(file.path().string()) {}

    Result<ClassifierInfo> read() {
        if (const auto format = metadata_.find("format"); format == metadata_.end() || format->second != kFormat)
            return Error{"is a safetensors file, but no classifier of attention patterns", place_,
                         "Give a file that lottery patterns train wrote"};
        LOTTERY_CHECK(expect("format_version", kVersion, "A newer version of this program may have written it"));
        LOTTERY_CHECK(expect("classes", class_names(), kTrainAgain));
        ClassifierInfo info;
        LOTTERY_TRY(const std::string kind, text("kind"));
        bool known = false;
        for (const auto each : all_classifier_kinds) {
            if (kind != to_string(each)) continue;
            info.kind = each;
            known = true;
        }
        if (!known) return wrong("kind", kind, "raw, norm, norm-published or synthetic");
        LOTTERY_TRY(info.trained_on, text("trained_on"));
        LOTTERY_TRY(info.maps, number<int>("maps"));
        LOTTERY_TRY(info.smallest_map, number<int>("smallest_map"));
        LOTTERY_TRY(info.largest_map, number<int>("largest_map"));
        LOTTERY_TRY(info.validation_accuracy, number<double>("validation_accuracy"));
        LOTTERY_TRY(info.best_epoch, number<int>("best_epoch"));
        LOTTERY_TRY(info.epochs, number<int>("epochs"));
        LOTTERY_TRY(info.seed, number<std::uint64_t>("seed"));
        if (info.smallest_map < 1 || info.largest_map < info.smallest_map || info.largest_map > 65536)
            return wrong("largest_map", std::to_string(info.largest_map),
                         "sizes from smallest_map (" + std::to_string(info.smallest_map) + ") to 65536");
        if (!(info.validation_accuracy >= 0.0 && info.validation_accuracy <= 1.0))
            return wrong("validation_accuracy", number_text(info.validation_accuracy), "0 to 1");
        return info;
    }

private:
    [[nodiscard]] Error wrong(const char* key, const std::string& found, const std::string& expected) const {
        return {std::string("metadata \"") + key + "\": \"" + found + "\" found, " + expected + " expected", place_,
                kTrainAgain};
    }

    [[nodiscard]] Result<std::string> text(const char* key) const {
        const auto found = metadata_.find(key);
        if (found == metadata_.end())
            return Error{std::string("metadata \"") + key + "\" are missing", place_, kTrainAgain};
        return found->second;
    }

    [[nodiscard]] Status expect(const char* key, const std::string& value, const char* advice) const {
        LOTTERY_TRY(const std::string found, text(key));
        if (found == value) return ok();
        auto error = wrong(key, found, value);
        error.advice = advice;
        return error;
    }

    template <typename T>
    [[nodiscard]] Result<T> number(const char* key) const {
        LOTTERY_TRY(const std::string found, text(key));
        T value{};
        const auto [end, problem] = std::from_chars(found.data(), found.data() + found.size(), value);
        if (found.empty() || problem != std::errc{} || end != found.data() + found.size())
            return wrong(key, found, "a number");
        return value;
    }

    const std::map<std::string, std::string>& metadata_;
    std::string place_;
};

}  // namespace

Status write_classifier(const std::filesystem::path& file, const PatternClassifier& classifier) {
    const auto& info = classifier.info;
    std::vector<std::pair<std::string, torch::Tensor>> tensors;
    for (const auto& entry : classifier.network->named_parameters()) tensors.emplace_back(entry.key(), entry.value());
    return write_safetensors(file, tensors,
                             {{"format", kFormat},
                              {"format_version", kVersion},
                              {"classes", class_names()},
                              {"kind", to_string(info.kind)},
                              {"trained_on", info.trained_on},
                              {"maps", std::to_string(info.maps)},
                              {"smallest_map", std::to_string(info.smallest_map)},
                              {"largest_map", std::to_string(info.largest_map)},
                              {"validation_accuracy", number_text(info.validation_accuracy)},
                              {"best_epoch", std::to_string(info.best_epoch)},
                              {"epochs", std::to_string(info.epochs)},
                              {"seed", std::to_string(info.seed)}});
}

Result<ClassifierInfo> read_classifier_info(const std::filesystem::path& file) {
    LOTTERY_TRY(const auto stored, SafetensorsFile::open(file));
    return InfoReader(stored).read();
}

Result<PatternClassifier> read_classifier(const std::filesystem::path& file, torch::Device device) {
    LOTTERY_TRY(const auto stored, SafetensorsFile::open(file));
    PatternClassifier classifier;
    LOTTERY_TRY(classifier.info, InfoReader(stored).read());
    classifier.network = PatternNetwork(InitialDraws{});
    const torch::NoGradGuard no_grad;
    const auto parameters = classifier.network->named_parameters();
    for (const auto& entry : parameters) {
        const auto in_file = [&](const std::string& message) {
            return Error{"tensor \"" + entry.key() + "\": " + message, file.string(), kTrainAgain};
        };
        const auto* found = stored.find(entry.key());
        if (found == nullptr) return in_file("is missing");
        if (found->dtype != torch::kFloat32)
            return in_file("dtype " + std::string(dtype_name(found->dtype).value_or("?")) + " found, F32 expected");
        if (found->shape != entry.value().sizes().vec())
            return in_file("shape " + shape_text(found->shape) + " found, " + shape_text(entry.value().sizes().vec()) +
                           " expected");
        LOTTERY_TRY(const auto values, stored.tensor(entry.key()));
        if (!torch::isfinite(values).all().item<bool>()) return in_file("holds values that are not finite");
        torch::Tensor(entry.value()).copy_(values);
    }
    for (const auto& entry : stored.entries())
        if (!parameters.contains(entry.name))
            return Error{"tensor \"" + entry.name + "\" is none of the network's", file.string(), kTrainAgain};
    classifier.network->to(device);
    for (auto& parameter : classifier.network->parameters()) parameter.requires_grad_(false);
    return classifier;
}

}  // namespace lottery
