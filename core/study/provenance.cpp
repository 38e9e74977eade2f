// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/provenance.h"

#include <ATen/Parallel.h>
#include <torch/torch.h>
#include <torch/version.h>

#include <cmath>
#include <ctime>
#include <fstream>

#include "core/base/file.h"
#include "core/study/version.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

std::string utc(std::chrono::system_clock::time_point time) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text;
}

std::string processor_name() {
    std::ifstream in("/proc/cpuinfo");
    for (std::string line; std::getline(in, line);)
        if (line.starts_with("model name"))
            if (const auto colon = line.find(": "); colon != std::string::npos) return line.substr(colon + 2);
    return "unknown processor";
}

}  // namespace

const char* to_string(Mode mode) { return mode == Mode::Published ? "published" : "rigorous"; }

const char* to_string(SearchKind kind) {
    switch (kind) {
        case SearchKind::Heads:
            return "heads";
        case SearchKind::Mlps:
            return "mlps";
        case SearchKind::HeadsMlps:
            return "heads-mlps";
        case SearchKind::Neurons:
            return "neurons";
    }
    return "";
}

const char* to_string(SearchSplit split) { return split == SearchSplit::Dev ? "dev" : "train"; }
const char* to_string(PhaseImportance which) { return which == PhaseImportance::LastPass ? "last" : "kept"; }
const char* to_string(Precision precision) { return precision == Precision::Bf16 ? "bf16" : "fp32"; }
const char* to_string(Removal removal) { return removal == Removal::Physical ? "physical" : "multiply"; }

Json to_json(const TrainingOptions& o) {
    return {{"epochs", o.epochs},
            {"batch_size", o.batch_size},
            {"learning_rate", o.learning_rate},
            {"warmup_share", o.warmup_share},
            {"adam_epsilon", o.adam_epsilon},
            {"weight_decay", o.weight_decay},
            {"max_gradient_norm", o.max_gradient_norm},
            {"dropout", o.dropout},
            {"max_seq_length", o.max_seq_length},
            {"hold_out", o.hold_out},
            {"limit_train", o.limit_train},
            {"limit_dev", o.limit_dev},
            {"save_steps", o.save_steps},
            {"precision", to_string(o.precision)}};
}

Json to_json(const GateOptions& o) {
    return {
        {"steps", o.steps}, {"batch_size", o.batch_size}, {"learning_rate", o.learning_rate}, {"penalty", o.penalty}};
}

Json to_json(const MaskSearchOptions& o) {
    Json json{{"kind", to_string(o.kind)},
              {"mode", to_string(o.mode)},
              {"threshold", o.threshold},
              {"amount", o.amount},
              {"batch_size", o.batch_size},
              {"split", to_string(o.split)},
              {"limit_dev", o.limit_dev},
              {"max_seq_length", o.max_seq_length},
              {"criterion", to_string(o.criterion)},
              {"measure_speed", o.measure_speed}};
    // Only what has an effect.
    if (o.criterion == Criterion::Gradient) json["gradient"] = to_string(o.gradient);
    if (o.kind == SearchKind::HeadsMlps) json["phase_importance"] = to_string(o.phase_importance);
    if (o.criterion == Criterion::Learned) json["gates"] = to_json(o.gates);
    if (o.kind == SearchKind::Neurons) json["block_size"] = o.block_size;
    return json;
}

Json to_json(const Metrics& metrics) {
    Json json = Json::object();
    for (const auto& [name, value] : metrics) json[name] = std::isfinite(value) ? Json(value) : Json(nullptr);
    return json;
}

Result<Json> training_inputs(const fs::path& checkpoint) {
    const fs::path file = checkpoint / "run.json";
    std::error_code ec;
    if (!fs::exists(file, ec)) return Json();
    LOTTERY_TRY(const Json run, read_json(file));
    if (run.is_object())
        for (const char* key : {"trained_by", "inputs"})
            if (run.contains(key)) return Json(run[key]);
    return Json();
}

std::string program_version() { return kProgramVersion; }
std::string libtorch_version() { return TORCH_VERSION; }

std::string device_name(const std::string& device) {
    // The name of a GPU is not part of LibTorch's C++ interface; its index says which one it was.
    return device == "cpu" ? processor_name() : device;
}

Provenance::Provenance(std::string command)
    : start_(std::chrono::system_clock::now()), package_at_start_(package_joules()) {
    fields_["format"] = 1;
    fields_["command"] = std::move(command);
    fields_["program"] = {
        {"lottery", program_version()}, {"libtorch", libtorch_version()}, {"compiler", "g++ " __VERSION__}};
}

void Provenance::set_device(const std::string& device) {
    gpu_ = GpuMeter::open(device);
    gpu_at_start_ = gpu_ ? gpu_->joules() : std::nullopt;
    fields_["device"] = {{"device", device}, {"name", device_name(device)}, {"threads", at::get_num_threads()}};
}

Status Provenance::finish(const fs::path& folder, const Json& result) {
    const auto end = std::chrono::system_clock::now();
    fields_["start"] = utc(start_);
    fields_["end"] = utc(end);
    fields_["seconds"] = std::chrono::duration<double>(end - start_).count();
    // A counter that began again at 0 meanwhile says nothing.
    const auto used = [](std::optional<double> at_start, std::optional<double> now) {
        return at_start && now && *now >= *at_start ? std::optional(*now - *at_start) : std::nullopt;
    };
    const auto package = used(package_at_start_, package_joules());
    const auto gpu = used(gpu_at_start_, gpu_ ? gpu_->joules() : std::nullopt);
    if (package || gpu) {
        fields_["energy_joules"] = package.value_or(0.0) + gpu.value_or(0.0);
        fields_["energy_source"] = package && gpu ? "rapl+nvml" : package ? "rapl" : "nvml";
    }
    if (const auto memory = process_memory()) fields_["peak_memory_bytes"] = memory->peak;
    fields_["result"] = result;
    return write_json(folder / "run.json", fields_);
}

}  // namespace lottery
