// SPDX-License-Identifier: GPL-3.0-or-later
//
// Throughput of the program's parts on this machine (`lottery bench`).
//
// Thread rule: runs in the caller's thread, alone on its device.
#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/study/runs.h"

namespace lottery {

struct BenchOptions {
    // A model to measure; without one a random model of the shape below.
    std::optional<std::filesystem::path> checkpoint;
    int layers = 6;
    int heads = 12;
    int hidden = 384;  // the MLP is 4 × hidden wide
    // Real examples (dev set of `task`); without them seeded lengths of 8 to 128 tokens.
    std::optional<std::filesystem::path> data;
    TaskId task = TaskId::MRPC;
    std::int64_t examples = 256;  // per measured pass, 1…100000
    double seconds = 3.0;         // least time per row, (0, 600]
    ComputeOptions compute;
};

struct BenchRow {
    std::string name;
    std::string shape;
    // 0 where the measure makes no sense for the row.
    double examples_per_second = 0.0;
    double tokens_per_second = 0.0;
    double gflops = 0.0;  // 10⁹ floating-point operations per second, matrix products of linear layers only
    double share_of_gemm_peak = 0.0;  // gflops ÷ those of the best plain matrix product in the same run
};

struct BenchReport {
    std::string machine;
    int threads = 0;
    std::string libtorch;
    std::vector<BenchRow> rows;
};

std::vector<FieldProblem> problems(const BenchOptions& options);
Outcome<BenchReport> run_bench(const BenchOptions& options, std::stop_token stop, ProgressSink& progress);

}  // namespace lottery
