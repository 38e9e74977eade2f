// SPDX-License-Identifier: GPL-3.0-or-later
//
// A small folder of masks and scores to import, and what tests of imports look at.
#pragma once

#include <QTemporaryDir>
#include <cmath>
#include <filesystem>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/file.h"
#include "core/base/npy.h"
#include "core/study/import_run.h"
#include "tests/support/goldens.h"

namespace lottery::test {

inline constexpr const char* kImportedScores = R"({"RTE": {"acc": [0.57, 0.03]}, "SST-2": {"acc": [0.84, 0.005]}})";

inline Array filled(std::vector<std::int64_t> shape, float value) {
    std::size_t count = 1;
    for (const auto extent : shape) count *= static_cast<std::size_t>(extent);
    return {std::move(shape), std::vector<float>(count, value)};
}

// Stops the import when so many files are copied.
struct ImportLog : MessageLog {
    std::stop_source stop;
    int stop_at = -1;
    void on_progress(const Progress& p) override {
        if (p.stage == "copying" && p.done == stop_at) stop.request_stop();
    }
};

// File → bytes of everything below a folder, but run.json: it holds times.
inline std::map<std::string, std::string> contents(const std::filesystem::path& folder) {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        if (entry.is_regular_file() && entry.path().filename() != "run.json")
            files[entry.path().lexically_relative(folder).generic_string()] = read_file(entry.path()).value();
    return files;
}

inline bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

inline std::string listed(const ImportReport& report) {
    std::string text;
    for (const auto& file : report.skipped) text += file.to_string() + "\n";
    return text;
}

class ImportFixture {
public:
    ImportFixture() { write_source(3, 2); }

    [[nodiscard]] std::filesystem::path root() const { return folder_.path().toStdString(); }
    [[nodiscard]] std::filesystem::path source() const { return root() / "source"; }
    [[nodiscard]] std::filesystem::path out() const { return root() / "study"; }

    [[nodiscard]] Outcome<ImportReport> import() const {
        ImportLog log;
        return run_import({source(), out()}, {}, log);
    }

    // 20 files of a model of `layers` × `heads`: three runs in each of two settings, 12 masks and the 6 importances of
    // the setting that was searched; two files of scores.
    void write_source(int layers, int heads) const {
        std::filesystem::remove_all(source());
        bool good = true;
        for (const char* setting : {"heads_mlps", "heads_mlps_super_bizzaro"})
            for (const char* run : {"SST-2/seed_42", "RTE/seed_42", "RTE/seed_7"}) {
                const std::filesystem::path folder = source() / "masks" / setting / run;
                Array mask = filled({layers, heads}, 1.0F);
                mask.values[0] = 0.0F;
                good = good && write_npy(folder / "head_mask.npy", mask);
                good = good && write_npy(folder / "mlp_mask.npy", filled({layers}, 1.0F));
                if (setting != std::string("heads_mlps")) continue;
                good = good && write_npy(folder / "head_importance.npy", filled({layers, heads}, std::nanf("")));
                good = good && write_npy(folder / "mlp_importance.npy", filled({layers}, 0.25F));
            }
        good =
            good && write_file_atomically(source() / "evaluate_masked/head_mlp/baseline/results.json", kImportedScores);
        good = good && write_file_atomically(source() / "evaluate_masked/freq_baseline/results.json", kImportedScores);
        if (!good) qFatal("the source cannot be written");
    }

private:
    QTemporaryDir folder_;
};

}  // namespace lottery::test
