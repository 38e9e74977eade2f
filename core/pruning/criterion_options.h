// SPDX-License-Identifier: GPL-3.0-or-later
//
// By what a mask search ranks components: the names, and the options of single criteria. No tensor here.
//
// Thread rule: plain values and pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lottery {

enum class SearchKind { Heads, Mlps, HeadsMlps, Neurons };

enum class Criterion {
    Gradient,     // |∂L/∂ξ|, the paper's (Michel et al. 2019, arXiv 1905.10650)
    Fisher,       // mean over examples of (∂L/∂ξ)² (Kwon et al. 2022, arXiv 2204.09656)
    LeaveOneOut,  // score lost when the component is masked as well
    Entropy,      // of a head's attention; low: important
    Confidence,   // of a head's attention (Voita et al. 2019, arXiv 1905.09418); high: important
    Learned,      // probability that a hard concrete gate stays open (Louizos et al. 2018, arXiv 1712.01312)
    Random,       // uniform, by seed
};

// Q1: what the absolute value of the gradient is taken of.
enum class GradientTerm {
    Batch,    // of each batch's mean loss, then summed (as published)
    Example,  // of each example's loss, then averaged
};

// How the gates of Criterion::Learned are trained. The model's weights stay as they are.
struct GateOptions {
    int steps = 200;             // of Adam, 1…
    int batch_size = 32;         // examples per step
    double learning_rate = 0.1;  // of Adam, on the gates' log α
    double penalty = 1.0;        // nats added to the loss for the share of gates expected open, ≥ 0
    bool operator==(const GateOptions&) const = default;
};

// As on the command line: "gradient", "leave-one-out", ….
const char* to_string(Criterion criterion);
const char* to_string(GradientTerm term);
std::optional<Criterion> parse_criterion(std::string_view name);
const std::vector<Criterion>& all_criteria();

// Why `criterion` cannot rank the components of `kind`; nothing when it can.
std::optional<std::string> criterion_problem(Criterion criterion, SearchKind kind);

}  // namespace lottery
