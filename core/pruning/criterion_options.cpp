// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pruning/criterion_options.h"

namespace lottery {

const char* to_string(Criterion criterion) {
    switch (criterion) {
        case Criterion::Gradient:
            return "gradient";
        case Criterion::Fisher:
            return "fisher";
        case Criterion::LeaveOneOut:
            return "leave-one-out";
        case Criterion::Entropy:
            return "entropy";
        case Criterion::Confidence:
            return "confidence";
        case Criterion::Learned:
            return "learned";
        case Criterion::Random:
            return "random";
    }
    return "";
}

const char* to_string(GradientTerm term) { return term == GradientTerm::Example ? "example" : "batch"; }

const std::vector<Criterion>& all_criteria() {
    static const std::vector<Criterion> all{Criterion::Gradient, Criterion::Fisher,     Criterion::LeaveOneOut,
                                            Criterion::Entropy,  Criterion::Confidence, Criterion::Learned,
                                            Criterion::Random};
    return all;
}

std::optional<Criterion> parse_criterion(std::string_view name) {
    for (const Criterion criterion : all_criteria())
        if (name == to_string(criterion)) return criterion;
    return std::nullopt;
}

std::optional<std::string> criterion_problem(Criterion criterion, SearchKind kind) {
    if (kind == SearchKind::Heads || (criterion != Criterion::Entropy && criterion != Criterion::Confidence))
        return std::nullopt;
    return std::string(to_string(criterion)) +
           " is a property of a head's attention, MLPs have none: search heads alone, or choose another criterion";
}

}  // namespace lottery
