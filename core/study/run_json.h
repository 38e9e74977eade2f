// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reports as JSON: what --json prints and run.json keeps under "result" (interfaces.md).
//
// Thread rule: pure functions.
#pragma once

#include <string>

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/study/bench.h"
#include "core/study/runs.h"

namespace lottery {

Json to_json(const FinetuneReport& report);
Json to_json(const EvaluateReport& report);
Json to_json(const RemoveReport& report);
Json to_json(const BenchReport& report);
// search.json's first keys.
Json mask_search_header(const MaskRequest& request);

Result<FinetuneReport> finetune_report_from_json(const Json& json, const std::string& place);

// The first of the problems as an error, naming the option.
Status first_problem(const std::vector<FieldProblem>& problems);

}  // namespace lottery
