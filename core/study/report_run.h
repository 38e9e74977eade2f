// SPDX-License-Identifier: GPL-3.0-or-later
//
// `lottery study report`: how a study stands and what came of it, as one HTML file that needs nothing beside itself.
//
// Thread rule: see runs.h. No tensor in this header.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/data/task.h"

namespace lottery {

struct ReportRequest {
    std::filesystem::path study;                     // with a plan or without
    std::optional<std::filesystem::path> published;  // what it is compared with; none: its own scores alone
    std::filesystem::path out;                       // the HTML file; one that is there is replaced
};

struct ReportReport {
    std::filesystem::path file;
    int runs = 0;           // finished, listed
    int figures = 0;        // shown
    bool complete = false;  // every job of the plan is done; false without a plan
};
Json to_json(const ReportReport& report);

// Data that the plan names and that are not there are told on the page.
//
// Errors: a file within a reference study, which is read-only; no study; a plan, scores or a figure that cannot be
// read; published scores that cannot be compared with; a file that cannot be written. A study that is not complete is
// no error, the report says what is missing.
Outcome<ReportReport> run_report(const ReportRequest& request);

}  // namespace lottery
