// SPDX-License-Identifier: GPL-3.0-or-later
//
// What if these heads and MLPs were masked: the score of a fine-tuned model under masks that a person changes again and
// again, as an estimate that grows with the examples. No tensor in this header.
//
// Thread rule: estimate() on one thread at a time; what is const may be called from any thread at any time. It may run
// beside another run on the same device: both are slower then, and nothing is drawn from torch's generators, so that a
// training gives what it gives alone.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/model/masks.h"
#include "core/statistics/sample.h"
#include "core/study/runs.h"

namespace lottery {

struct WhatIfRequest {
    std::filesystem::path checkpoint;  // fine-tuned
    std::filesystem::path data;        // GLUE folder, or the task's own
    TaskId task = TaskId::MRPC;
    int max_seq_length = 128;
    std::int64_t examples = 512;  // of the first dev file, drawn by `seed`; 0: all
    std::uint64_t seed = 1337;
    std::string device = "auto";
};

// A score with its interval; nothing where it is undefined, as a correlation of equal numbers is.
struct EstimatedScore {
    std::optional<double> value;
    // 95%: Wilson's of an accuracy, else the percentile bootstrap over examples (200 resamples, the same ones each
    // time). None where all resamples give one value: that says nothing of how far it may be off.
    std::optional<Interval> interval;
};

// On the first `examples` of those that were drawn.
struct WhatIfEstimate {
    std::int64_t examples = 0;
    std::int64_t of = 0;
    std::string metric;  // the task's search metric
    EstimatedScore score;
    EstimatedScore full;        // of everything the model has
    EstimatedScore difference;  // score − full, of the same examples and resamples; its interval is a bootstrap's
    double milliseconds_per_example = 0.0;  // of the masked model, over what was computed for this estimate
    double reused = 0.0;                    // share of its layer passes that were known from before, 0…1
};

class WhatIf {
public:
    // Loads model and examples. Errors: what an evaluation of the model would be refused for; no examples. A classifier
    // that the checkpoint lacks is told to `progress`.
    static Outcome<std::shared_ptr<WhatIf>> open(const WhatIfRequest& request, std::stop_token stop,
                                                 ProgressSink& progress);
    ~WhatIf();
    WhatIf(const WhatIf&) = delete;
    WhatIf& operator=(const WhatIf&) = delete;

    [[nodiscard]] const WhatIfRequest& request() const;
    // What the model has.
    [[nodiscard]] const ComponentMasks& components() const;
    // Parameters outside the embeddings; those of the original model, and those that `masks` keep of it.
    [[nodiscard]] std::int64_t parameters() const;
    [[nodiscard]] std::int64_t parameters(const ComponentMasks& masks) const;

    // What is masked is removed (Removal::Physical). `on_estimate` hears of every estimate, the last one included: of
    // 16 examples first, then of more and more. Errors: masks of another size, or that keep what the model no longer
    // has.
    Outcome<WhatIfEstimate> estimate(const ComponentMasks& masks, std::stop_token stop,
                                     const std::function<void(const WhatIfEstimate&)>& on_estimate);

private:
    struct Parts;
    explicit WhatIf(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

// Writes masks that were made by hand as a run folder (head_mask.npy, mlp_mask.npy, run.json), with the estimate that
// they were kept for, where there is one. Errors: a folder that holds something already; one that cannot be written.
Status save_what_if(const WhatIfRequest& request, const ComponentMasks& masks,
                    const std::optional<WhatIfEstimate>& estimate, const std::filesystem::path& folder);

}  // namespace lottery
