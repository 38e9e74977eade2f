// SPDX-License-Identifier: GPL-3.0-or-later
//
// run.json: what a run was made from and with (interfaces.md, docs/formats.md).
//
// Thread rule: one thread at a time per object.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "core/base/json.h"
#include "core/base/machine_meter.h"
#include "core/base/result.h"
#include "core/study/runs.h"

namespace lottery {

// Options, serialised in one place.
Json to_json(const TrainingOptions& options);
Json to_json(const GateOptions& options);
Json to_json(const MaskSearchOptions& options);
Json to_json(const Metrics& metrics);  // NaN becomes null
const char* to_string(Mode mode);
const char* to_string(SearchKind kind);
const char* to_string(SearchSplit split);
const char* to_string(PhaseImportance which);  // "last", "kept"
const char* to_string(Precision precision);
const char* to_string(Removal removal);

// What the checkpoint's weights were trained on: `inputs` of its fine-tuning run, also where a command made it from
// that run's checkpoint; null where its run.json says nothing of it, or there is none.
Result<Json> training_inputs(const std::filesystem::path& checkpoint);

std::string program_version();
std::string libtorch_version();
std::string device_name(const std::string& device);  // the processor's or GPU's model name

// Begins with the run; finish() writes.
class Provenance {
public:
    explicit Provenance(std::string command);

    Json& fields() { return fields_; }
    [[nodiscard]] const Json& fields() const { return fields_; }
    void set_device(const std::string& device);
    // Adds result, end time, energy and the most memory that the process had so far, and writes <folder>/run.json.
    Status finish(const std::filesystem::path& folder, const Json& result);

private:
    Json fields_;
    std::chrono::system_clock::time_point start_;
    std::optional<double> package_at_start_;  // joules
    std::optional<GpuMeter> gpu_;
    std::optional<double> gpu_at_start_;
};

}  // namespace lottery
