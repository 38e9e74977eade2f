// SPDX-License-Identifier: GPL-3.0-or-later
//
// Attention maps that a person gives classes, one after another: what has which label, what was skipped, where one is,
// and what can be undone. No widget, no file.
//
// Legend: S tokens of a map.
//
// Thread rule: one thread at a time.
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/attention/labelled_maps.h"
#include "core/attention/pattern_classes.h"
#include "core/base/result.h"

namespace lottery::gui {

// A map and where it comes from. Who samples them also shuffles them: neighbours must not tell of each other.
struct MapToLabel {
    std::string name;                 // of its file, without ".npy"; no two are the same
    int size = 0;                     // S
    std::vector<float> values;        // [S,S], finite
    std::vector<std::string> tokens;  // [S], or empty where they are not known
    std::string origin;               // model, layer, head, text; shown once the map has a label
};

class LabellingSession {
public:
    // Without maps.
    LabellingSession() = default;
    // None has a label. Errors: a name twice or empty, a map that is not [S,S] or holds NaN or infinity, tokens of
    // another number than S.
    static Result<LabellingSession> of(std::vector<MapToLabel> maps);

    [[nodiscard]] std::size_t size() const { return maps_.size(); }
    [[nodiscard]] const MapToLabel& map(std::size_t place) const { return maps_[place]; }
    [[nodiscard]] std::optional<PatternClass> labelOf(std::size_t place) const { return states_[place].label; }
    // Passed without a label.
    [[nodiscard]] bool isSkipped(std::size_t place) const { return states_[place].skipped; }
    [[nodiscard]] int labelled() const;
    [[nodiscard]] int skipped() const;
    [[nodiscard]] std::array<int, pattern_count> counts() const;
    // In the order of the maps.
    [[nodiscard]] std::vector<MapLabel> labels() const;

    // The map that is shown; size() behind the last one.
    [[nodiscard]] std::size_t place() const { return place_; }
    [[nodiscard]] bool isAtEnd() const { return place_ >= size(); }
    void goTo(std::size_t place);

    // Labels the shown map and goes to the next. Nothing at the end.
    void label(PatternClass label);
    // Goes to the next; a map without a label counts as skipped from now on.
    void skip();
    void back();
    // To the next map without a label, from the start again behind the last. False where all have one.
    bool goToUnlabelled();

    // The label or skip that was given last; back to its map.
    [[nodiscard]] bool canUndo() const { return done_ > 0; }
    [[nodiscard]] bool canRedo() const { return done_ < edits_.size(); }
    void undo();
    // Again, and on to the map that came then.
    void redo();

    [[nodiscard]] const std::string& labeller() const { return labeller_; }
    void setLabeller(const std::string& name) { labeller_ = name; }
    // The folder that the labels belong to; empty: none yet.
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

    // Labels that the folder does not have, or has otherwise.
    [[nodiscard]] int unsaved() const;
    // Also where only skips or the labeller's name differ.
    [[nodiscard]] bool isModified() const;
    // What is now is what is in `folder`.
    void setSaved(const std::filesystem::path& folder);
    // As it was saved: labels of maps by name, and names that were skipped. Begins at the first map that has neither.
    // What could be undone is given up. Error: a name that no map has; nothing changes.
    Status restore(const std::vector<MapLabel>& labels, const std::vector<std::string>& skipped);
    // The same maps for another person, who must not see these labels.
    void beginAnew(const std::string& labeller);

private:
    struct State {
        std::optional<PatternClass> label;
        bool skipped = false;
        bool operator==(const State&) const = default;
    };
    struct Edit {
        std::size_t place = 0;
        State before, after;
    };
    void apply(const State& state);
    [[nodiscard]] std::optional<std::size_t> placeOf(const std::string& name) const;

    std::vector<MapToLabel> maps_;
    std::vector<State> states_, saved_;
    std::size_t place_ = 0;
    std::vector<Edit> edits_;
    std::size_t done_ = 0;  // edits that are in effect
    std::string labeller_, savedLabeller_;
    std::filesystem::path folder_;
};

// How far two people agree on the maps that both labelled.
struct LabelComparison {
    // [mine][theirs], maps.
    std::array<std::array<int, pattern_count>, pattern_count> table{};
    int both = 0, onlyMine = 0, onlyTheirs = 0;  // maps that both, or one of the two labelled
    int same = 0;
    std::optional<double> kappa;         // Cohen's; nothing where it is 0/0
    std::vector<std::size_t> differing;  // places of maps with two labels, ascending
};
LabelComparison compareLabels(const LabellingSession& session, const std::vector<MapLabel>& theirs);

}  // namespace lottery::gui
