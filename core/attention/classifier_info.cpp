// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/classifier_info.h"

namespace lottery {

const char* to_string(ClassifierKind kind) {
    switch (kind) {
        case ClassifierKind::Raw:
            return "raw";
        case ClassifierKind::Norm:
            return "norm";
        case ClassifierKind::NormAsPublished:
            return "norm-published";
        case ClassifierKind::Synthetic:
            return "synthetic";
    }
    return "";
}

std::string describe(ClassifierKind kind) {
    switch (kind) {
        case ClassifierKind::Raw:
            return "trained on raw maps";
        case ClassifierKind::Norm:
            return "trained on norm-based maps";
        case ClassifierKind::NormAsPublished:
            return "trained on norm-based maps as published";
        case ClassifierKind::Synthetic:
            return "trained on synthetic maps";
    }
    return "";
}

Status check_classifier_kind(const ClassifierInfo& info, AttentionKind maps, const std::string& place) {
    const auto wanted = maps == AttentionKind::Raw    ? ClassifierKind::Raw
                        : maps == AttentionKind::Norm ? ClassifierKind::Norm
                                                      : ClassifierKind::NormAsPublished;
    if (info.kind == ClassifierKind::Synthetic || info.kind == wanted) return ok();
    return Error{"was " + describe(info.kind) + ", the maps to classify are " + kind_name(maps), place,
                 "Choose the other kind of maps, or another classifier"};
}

}  // namespace lottery
