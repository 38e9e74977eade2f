// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/resume_point.h"

#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "core/model/safetensors.h"

namespace lottery {
namespace {

constexpr const char* kFormat = "lottery-resume-1";

struct Part {
    const char* prefix;
    torch::Tensor AdamW::Slot::*tensor;
};
constexpr Part kParts[] = {{"parameter/", &AdamW::Slot::parameter},
                           {"exp_avg/", &AdamW::Slot::exp_avg},
                           {"exp_avg_sq/", &AdamW::Slot::exp_avg_sq}};

constexpr const char* kAdvice = "Start again without --resume";

Status fill(torch::Tensor& target, const SafetensorsFile& saved, const std::string& name) {
    const torch::NoGradGuard no_grad;
    LOTTERY_TRY(const auto tensor, saved.tensor(name));
    if (tensor.sizes() != target.sizes())
        return Error{"tensor " + name + " has another shape than the model's", saved.path().string(), kAdvice};
    target.copy_(tensor);
    return ok();
}

TrainingStep step_from_json(const Json& j) {
    return {j.at("step"), j.at("steps"), j.at("epoch"), j.at("loss"), j.at("learning_rate")};
}

DevEvaluation evaluation_from_json(const Json& j) {
    DevEvaluation e{j.at("step"), j.at("epoch"), {}, j.at("loss")};
    for (const auto& [name, value] : j.at("metrics").items())
        e.metrics[name] = value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
    return e;
}

std::string metadata_of(const SafetensorsFile& file, const char* key) {
    const auto found = file.metadata().find(key);
    return found == file.metadata().end() ? std::string() : found->second;
}

Result<SafetensorsFile> open_resume_point(const std::filesystem::path& file) {
    LOTTERY_TRY(auto saved, SafetensorsFile::open(file));
    if (metadata_of(saved, "format") != kFormat)
        return Error{"is not a resume point of this program version", file.string(), kAdvice};
    return saved;
}

}  // namespace

Json to_json(const TrainingStep& s) {
    return {
        {"step", s.step}, {"steps", s.steps}, {"epoch", s.epoch}, {"loss", s.loss}, {"learning_rate", s.learning_rate}};
}

Json to_json(const DevEvaluation& e) {
    Json metrics = Json::object();
    for (const auto& [name, value] : e.metrics) metrics[name] = value;
    return {{"step", e.step}, {"epoch", e.epoch}, {"metrics", metrics}, {"loss", e.loss}};
}

Status write_resume_point(const std::filesystem::path& file, const std::string& fingerprint, AdamW& optimizer,
                          const ResumePoint& point) {
    std::vector<std::pair<std::string, torch::Tensor>> tensors;
    for (const auto& part : kParts)
        for (const auto& slot : optimizer.slots())
            tensors.emplace_back(part.prefix + slot.name, (slot.*part.tensor).detach());
    Json steps = Json::array();
    for (const auto& s : point.steps) steps.push_back(to_json(s));
    Json evaluations = Json::array();
    for (const auto& e : point.evaluations) evaluations.push_back(to_json(e));
    const Json state{{"step", point.step},
                     {"seconds", point.seconds},
                     {"examples", point.examples},
                     {"steps", steps},
                     {"evaluations", evaluations}};
    return write_safetensors(file, tensors,
                             {{"format", kFormat}, {"fingerprint", fingerprint}, {"state", state.dump()}});
}

Result<ResumePoint> read_resume_point(const std::filesystem::path& file, const std::optional<std::string>& fingerprint,
                                      AdamW& optimizer) {
    LOTTERY_TRY(const auto saved, open_resume_point(file));
    const auto metadata = [&](const char* key) { return metadata_of(saved, key); };
    if (fingerprint && metadata("fingerprint") != *fingerprint)
        return Error{"belongs to a run with other options, data, seed or checkpoint (found \"" +
                         metadata("fingerprint") + "\", expected \"" + *fingerprint + "\")",
                     file.string(), "Repeat the first run's options, or start again without --resume"};
    ResumePoint point;
    try {
        const Json state = Json::parse(metadata("state"));
        state.at("step").get_to(point.step);
        // Points written before these were kept have none.
        point.seconds = state.value("seconds", 0.0);
        point.examples = state.value("examples", std::int64_t{0});
        for (const auto& s : state.at("steps")) point.steps.push_back(step_from_json(s));
        for (const auto& e : state.at("evaluations")) point.evaluations.push_back(evaluation_from_json(e));
    } catch (const nlohmann::json::exception& e) {
        return Error{std::string("holds a damaged state (") + e.what() + ")", file.string(), kAdvice};
    }
    if (point.evaluations.empty()) return Error{"holds no first evaluation", file.string(), kAdvice};

    for (const auto& part : kParts)
        for (auto& slot : optimizer.slots()) LOTTERY_CHECK(fill(slot.*part.tensor, saved, part.prefix + slot.name));
    return point;
}

Result<std::string> read_resume_fingerprint(const std::filesystem::path& file) {
    LOTTERY_TRY(const auto saved, open_resume_point(file));
    return metadata_of(saved, "fingerprint");
}

Status read_resume_weights(const std::filesystem::path& file, BertForSequenceClassification& model) {
    LOTTERY_TRY(const auto saved, SafetensorsFile::open(file));
    for (auto& entry : model->named_parameters())
        LOTTERY_CHECK(fill(entry.value(), saved, kParts[0].prefix + entry.key()));
    return ok();
}

}  // namespace lottery
