// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the worker does for a page Attention: models kept from wish to wish, and from a wish to its picture.
//
// Thread rule: the worker's thread alone, one at a time.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

#include "app/gui/attention_models.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/study/attention_model.h"
#include "widgets/attention/attention_picture.h"

namespace lottery::gui {

using AttentionTexts = std::shared_ptr<const std::vector<AttentionText>>;

// The models last used.
class ModelShelf {
public:
    // `places`: so many models at most.
    explicit ModelShelf(std::size_t places) : places_(places) {}
    Outcome<std::shared_ptr<AttentionModel>> take(const AttentionModelRequest& request, const std::stop_token& stop,
                                                  ProgressSink& progress);

private:
    std::size_t places_;
    std::vector<std::shared_ptr<AttentionModel>> models_;  // the last one used first
};

// What a page has to work with.
struct AttentionWork {
    std::vector<AttentionChoice> models;
    std::optional<TaskId> task;  // whose examples there are
    std::filesystem::path data;
    int max_tokens = 128;  // of examples
    TextSplit split = TextSplit::Dev;
    AttentionTexts texts;  // of the split; empty: to be read

    [[nodiscard]] bool has(const AttentionSide& side) const;
    // Errors: no task is known; those of the GLUE reader.
    [[nodiscard]] Result<AttentionTexts> read() const;
};

// `texts` gets those of the split where the wish needs them. The wish's models are among the work's. Typed texts are
// never truncated.
Outcome<AttentionPicture> pictureOf(const AttentionWork& work, const AttentionWish& wish, ModelShelf& shelf,
                                    AttentionTexts& texts, const std::stop_token& stop, ProgressSink& progress);

}  // namespace lottery::gui
