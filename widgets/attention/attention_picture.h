// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the page Attention shows at a time, as a worker hands it over, and what a person may wish to see there.
//
// Thread rule: plain values and pure functions.
#pragma once

#include <QString>
#include <cstdint>
#include <memory>
#include <optional>

#include "core/attention/attention_maps.h"
#include "core/study/attention_model.h"
#include "widgets/attention/attention_thumbnails.h"

namespace lottery::gui {

// One of the models that the page offers, and how it is looked at.
struct AttentionSide {
    int model = 0;  // place in the list of models
    AttentionKind kind = AttentionKind::Raw;
    bool operator==(const AttentionSide&) const = default;
};

struct AttentionWish {
    enum class Source {
        Typed,    // `text`
        Example,  // one of the task's
        Mean,     // over the first `examples` of the task's
    };
    Source source = Source::Typed;
    AttentionText text;
    TextSplit split = TextSplit::Dev;
    std::int64_t example = 0;     // from 0
    std::int64_t examples = 100;  // of Mean
    AttentionSide side;
    std::optional<AttentionSide> minus;  // subtracted
    bool operator==(const AttentionWish&) const = default;
};

struct AttentionPicture {
    std::shared_ptr<const AttentionMaps> maps;
    std::shared_ptr<const AttentionThumbnails> thumbnails;
    HeadMatrix entropy;   // nats; NaN where there is none
    HeadMatrix distance;  // tokens
    AttentionText text;   // nothing in it for means
    int unknown_tokens = 0;
    bool truncated = false;
    double seconds = 0.0;  // of the model
};

// `mask`: heads that a mask leaves out although the model that is shown has them. For a worker.
AttentionPicture makePicture(AttentionResult result, const std::optional<HeadMatrix>& mask);

// What hovers over a head: "layer 3, head 7 · entropy 1.20 nats · distance 4.1 tokens".
QString headText(const AttentionPicture& picture, const lottery::Component& component);

}  // namespace lottery::gui
