// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/component_history.h"

#include <QCoreApplication>
#include <cmath>

namespace lottery::gui {

namespace {

bool isMlp(const Component& component) { return component.head < 0; }

bool fits(const Component& c, const ComponentMasks& masks) {
    if (c.layer < 0 || c.layer >= masks.layers()) return false;
    return isMlp(c) ? c.layer < static_cast<int>(masks.mlps.size()) : c.head < masks.heads.heads;
}

bool isKept(const Component& c, const ComponentMasks& masks) {
    return (isMlp(c) ? masks.mlps[static_cast<std::size_t>(c.layer)] : masks.heads.at(c.layer, c.head)) != 0.0F;
}

float importanceOf(const Component& c, const ComponentImportance& importance) {
    if (isMlp(c))
        return static_cast<std::size_t>(c.layer) < importance.mlps.size()
                   ? importance.mlps[static_cast<std::size_t>(c.layer)]
                   : std::nanf("");
    const HeadMatrix& heads = importance.heads;
    return c.layer < heads.layers && c.head < heads.heads ? heads.at(c.layer, c.head) : std::nanf("");
}

// Places a component among the kept ones of its kind.
void rank(const Component& component, const MaskSearchStep& step, ComponentAtStep& at) {
    if (!at.kept || std::isnan(at.importance)) return;
    const bool mlp = isMlp(component);
    const int heads = mlp ? 1 : step.masks.heads.heads;
    int better = 0;
    for (int layer = 0; layer < step.masks.layers(); ++layer) {
        for (int head = 0; head < heads; ++head) {
            const Component other{layer, mlp ? -1 : head};
            if (!isKept(other, step.masks)) continue;
            ++at.among;
            if (importanceOf(other, step.importance) > at.importance) ++better;
        }
    }
    at.rank = better + 1;
}

}  // namespace

ComponentHistory componentHistory(const Component& component, const std::vector<MaskSearchStep>& steps) {
    ComponentHistory history;
    history.component = component;
    for (const MaskSearchStep& step : steps) {
        if (!fits(component, step.masks)) continue;
        ComponentAtStep at;
        at.step = step.index;
        at.phase = QString::fromStdString(step.phase);
        at.score = step.score;
        at.accepted = step.accepted;
        at.kept = isKept(component, step.masks);
        at.importance = importanceOf(component, step.importance);
        rank(component, step, at);
        history.steps.push_back(at);
        // Steps that were not accepted leave no trace in the result.
        if (step.accepted) {
            history.keptToTheEnd = at.kept;
            if (!at.kept && !history.maskedInStep) history.maskedInStep = step.index;
        }
    }
    return history;
}

QString componentName(const Component& component) {
    if (isMlp(component)) return QCoreApplication::translate("Component", "Layer %1, MLP").arg(component.layer + 1);
    return QCoreApplication::translate("Component", "Layer %1, head %2")
        .arg(component.layer + 1)
        .arg(component.head + 1);
}

}  // namespace lottery::gui
