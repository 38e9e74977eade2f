// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/attention/labelling_session.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "core/statistics/cohen_kappa.h"

namespace lottery::gui {

namespace {

Status checked(const MapToLabel& map) {
    const auto side = static_cast<std::size_t>(std::max(map.size, 0));
    if (map.size < 1 || map.values.size() != side * side)
        return Error{"has " + std::to_string(map.values.size()) + " values; expected are tokens × tokens, for " +
                         std::to_string(map.size) + " tokens",
                     "map " + map.name,
                     {}};
    const auto bad = std::ranges::find_if(map.values, [](float value) { return !std::isfinite(value); });
    if (bad != map.values.end()) {
        const auto at = static_cast<std::size_t>(bad - map.values.begin());
        return Error{"holds " + std::to_string(*bad) + " in row " + std::to_string(at / side + 1) + ", column " +
                         std::to_string(at % side + 1),
                     "map " + map.name, "Leave this map out, or extract it again"};
    }
    if (!map.tokens.empty() && map.tokens.size() != side)
        return Error{"has " + std::to_string(map.size) + " rows and the names of " + std::to_string(map.tokens.size()) +
                         " tokens",
                     "map " + map.name,
                     {}};
    return ok();
}

}  // namespace

Result<LabellingSession> LabellingSession::of(std::vector<MapToLabel> maps) {
    std::set<std::string> names;
    for (const MapToLabel& map : maps) {
        if (map.name.empty()) return Error{"a map has no name", "maps to label", {}};
        if (!names.insert(map.name).second)
            return Error{"two maps are called " + map.name, "maps to label", "Give every map a name of its own"};
        LOTTERY_CHECK(checked(map));
    }
    LabellingSession session;
    session.maps_ = std::move(maps);
    session.states_.resize(session.maps_.size());
    session.saved_ = session.states_;
    return session;
}

int LabellingSession::labelled() const {
    return static_cast<int>(std::ranges::count_if(states_, [](const State& state) { return state.label.has_value(); }));
}

int LabellingSession::skipped() const { return static_cast<int>(std::ranges::count(states_, true, &State::skipped)); }

std::array<int, pattern_count> LabellingSession::counts() const {
    std::array<int, pattern_count> counts{};
    for (const State& state : states_)
        if (state.label) ++counts[index_of(*state.label)];
    return counts;
}

std::vector<MapLabel> LabellingSession::labels() const {
    std::vector<MapLabel> labels;
    for (std::size_t i = 0; i < size(); ++i)
        if (states_[i].label) labels.push_back({maps_[i].name, *states_[i].label});
    return labels;
}

void LabellingSession::goTo(std::size_t place) { place_ = std::min(place, size()); }

void LabellingSession::label(PatternClass label) {
    if (isAtEnd()) return;
    apply({label, false});
    ++place_;
}

void LabellingSession::skip() {
    if (isAtEnd()) return;
    if (!states_[place_].label) apply({std::nullopt, true});
    ++place_;
}

void LabellingSession::back() {
    if (place_ > 0) --place_;
}

bool LabellingSession::goToUnlabelled() {
    for (std::size_t step = 1; step <= size() + 1; ++step) {
        const std::size_t place = (place_ + step) % (size() + 1);
        if (place < size() && !states_[place].label) {
            place_ = place;
            return true;
        }
    }
    return false;
}

void LabellingSession::apply(const State& state) {
    if (states_[place_] == state) return;
    edits_.resize(done_);
    edits_.push_back({place_, states_[place_], state});
    ++done_;
    states_[place_] = state;
}

void LabellingSession::undo() {
    if (!canUndo()) return;
    const Edit& edit = edits_[--done_];
    states_[edit.place] = edit.before;
    place_ = edit.place;
}

void LabellingSession::redo() {
    if (!canRedo()) return;
    const Edit& edit = edits_[done_++];
    states_[edit.place] = edit.after;
    place_ = edit.place + 1;
}

int LabellingSession::unsaved() const {
    int count = 0;
    for (std::size_t i = 0; i < size(); ++i) count += states_[i].label != saved_[i].label;
    return count;
}

bool LabellingSession::isModified() const { return states_ != saved_ || labeller_ != savedLabeller_; }

void LabellingSession::setSaved(const std::filesystem::path& folder) {
    folder_ = folder;
    saved_ = states_;
    savedLabeller_ = labeller_;
}

std::optional<std::size_t> LabellingSession::placeOf(const std::string& name) const {
    const auto found = std::ranges::find(maps_, name, &MapToLabel::name);
    if (found == maps_.end()) return std::nullopt;
    return static_cast<std::size_t>(found - maps_.begin());
}

Status LabellingSession::restore(const std::vector<MapLabel>& labels, const std::vector<std::string>& skipped) {
    std::vector<State> states(size());
    const auto missing = [](const std::string& name) {
        return Error{"a label names map " + name + ", which is not there", "labels",
                     "Is this the folder of the maps that were labelled?"};
    };
    for (const std::string& name : skipped) {
        const auto place = placeOf(name);
        if (!place) return missing(name);
        states[*place].skipped = true;
    }
    for (const MapLabel& label : labels) {
        const auto place = placeOf(label.name);
        if (!place) return missing(label.name);
        states[*place] = {label.label, false};
    }
    states_ = std::move(states);
    edits_.clear();
    done_ = 0;
    const auto open = std::ranges::find(states_, State{});
    place_ = static_cast<std::size_t>(open - states_.begin());
    return ok();
}

void LabellingSession::beginAnew(const std::string& labeller) {
    states_.assign(size(), {});
    saved_ = states_;
    edits_.clear();
    done_ = 0;
    place_ = 0;
    labeller_ = labeller;
    savedLabeller_ = labeller;
    folder_.clear();
}

LabelComparison compareLabels(const LabellingSession& session, const std::vector<MapLabel>& theirs) {
    LabelComparison comparison;
    std::map<std::string, PatternClass> byName;
    for (const MapLabel& label : theirs) byName.emplace(label.name, label.label);
    std::vector<int> first, second;
    for (std::size_t i = 0; i < session.size(); ++i) {
        const auto mine = session.labelOf(i);
        const auto other = byName.find(session.map(i).name);
        if (mine && other == byName.end()) ++comparison.onlyMine;
        if (!mine || other == byName.end()) continue;
        ++comparison.both;
        ++comparison.table[index_of(*mine)][index_of(other->second)];
        first.push_back(static_cast<int>(index_of(*mine)));
        second.push_back(static_cast<int>(index_of(other->second)));
        if (*mine == other->second)
            ++comparison.same;
        else
            comparison.differing.push_back(i);
    }
    comparison.onlyTheirs = static_cast<int>(byName.size()) - comparison.both;
    if (const auto agreement = label_agreement(first, second)) comparison.kappa = agreement->kappa;
    return comparison;
}

}  // namespace lottery::gui
