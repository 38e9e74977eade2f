// SPDX-License-Identifier: GPL-3.0-or-later
//
// What can be refused of a request before a run begins, field by field; what the functions problems() of all requests
// are written with. Cheap enough to run at every keystroke.
//
// Thread rule: one thread at a time per object.
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/study/runs.h"

namespace lottery {

// More rows than any file has.
inline constexpr std::int64_t most_rows = 1'000'000'000;

class FieldCheck {
public:
    void add(std::string field, std::string message) { problems_.push_back({std::move(field), std::move(message)}); }

    template <typename T>
    void range(const char* field, T value, T low, T high) {
        if (value >= low && value <= high) return;
        add(field, shown(value) + " found, " + shown(low) + " to " + shown(high) + " expected");
    }
    // (low, high]
    void positive(const char* field, double value, double high);

    void checkpoint(const std::filesystem::path& folder, int max_seq_length);

    // Masks that do not fit the checkpoint, or keep what it no longer has.
    void masks(const std::optional<std::filesystem::path>& head_mask,
               const std::optional<std::filesystem::path>& mlp_mask, const std::filesystem::path& checkpoint);

    void data(const std::filesystem::path& folder, TaskId task, bool needs_train);

    void mask_file(const char* field, const std::optional<std::filesystem::path>& file);

    void folder(const char* field, const std::filesystem::path& folder, const char* what);

    void out(const std::filesystem::path& folder);
    void out(const std::filesystem::path& folder, const std::filesystem::path& checkpoint);

    // Nothing is written into a reference study, beside a run neither.
    void file_to_write(const char* field, const std::optional<std::filesystem::path>& file);

    // Layers that the model does not have, or named twice.
    void layers(const char* field, const std::vector<int>& layers, const std::filesystem::path& checkpoint);

    void block_size(const std::filesystem::path& checkpoint, int size);

    void training(const TrainingOptions& options);

    void compute(const ComputeOptions& options);

    std::vector<FieldProblem> take() { return std::move(problems_); }

private:
    static std::string shown(double value) {
        char text[32];
        std::snprintf(text, sizeof text, "%g", value);
        return text;
    }
    static std::string shown(std::int64_t value) { return std::to_string(value); }
    static std::string shown(int value) { return std::to_string(value); }

    std::vector<FieldProblem> problems_;
};

}  // namespace lottery
