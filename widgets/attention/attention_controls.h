// SPDX-License-Identifier: GPL-3.0-or-later
//
// What is looked at, and how: text or example, model, kind of maps, what is subtracted. A change is told at once; of a
// text that is being typed, when Return is pressed or the field is left.
//
// Thread rule: GUI thread.
#pragma once

#include <QStringList>
#include <QWidget>
#include <optional>

#include "widgets/attention/attention_picture.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QSpinBox;

namespace lottery::gui {

class AttentionControls : public QWidget {
    Q_OBJECT

public:
    explicit AttentionControls(QWidget* parent = nullptr);

    // Names of the models, the page's own first. What was chosen stays chosen where it is still there.
    void setModels(const QStringList& names);
    void chooseModel(int model);
    // The task whose examples are offered; empty: none are, and why.
    void setTask(const QString& task, const QString& why = {});
    // How many examples the file of the split has; −1: not known yet.
    void setExampleCount(TextSplit split, std::int64_t count);
    // The text of the example that is shown; without telling of a change.
    void setText(const AttentionText& text);
    // Of the chosen split, from 0; tells of the change.
    void chooseExample(std::int64_t example);

    [[nodiscard]] AttentionWish wish() const;
    [[nodiscard]] TextSplit split() const;

    QLineEdit* textEdit() const { return text_; }
    QLineEdit* pairEdit() const { return pair_; }
    QSpinBox* exampleBox() const { return example_; }
    QComboBox* splitBox() const { return split_; }
    QCheckBox* meanBox() const { return mean_; }
    QSpinBox* meanCountBox() const { return meanCount_; }
    QComboBox* modelBox() const { return model_; }
    QComboBox* kindBox() const { return kind_; }
    QComboBox* minusBox() const { return minus_; }
    QComboBox* minusKindBox() const { return minusKind_; }

Q_SIGNALS:
    void changed();
    // A person wants to choose a model from a folder.
    void folderWanted();

private:
    void takeTyped();
    void takeExample();
    void updateEnabled();

    QLineEdit* text_;
    QLineEdit* pair_;
    QLabel* exampleLabel_;
    QSpinBox* example_;
    QLabel* count_;
    QComboBox* split_;
    QCheckBox* mean_;
    QSpinBox* meanCount_;
    QComboBox* model_;
    QComboBox* kind_;
    QComboBox* minus_;
    QComboBox* minusKind_;
    bool hasTask_ = false;
    bool typed_ = true;    // the text is a person's, not an example's
    AttentionText shown_;  // what the fields held when they were last told of
    int chosen_ = 0;       // the model, to return to after "another…"
    int subtracted_ = 0;   // likewise, 0: nothing
};

}  // namespace lottery::gui
