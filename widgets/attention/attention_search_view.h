// SPDX-License-Identifier: GPL-3.0-or-later
//
// Examples of a task by what the selected head attends to: what is asked for, and the list that was found. A double
// click or Return opens an example.
//
// Thread rule: GUI thread.
#pragma once

#include <QWidget>
#include <optional>
#include <vector>

#include "core/attention/map_search.h"
#include "core/base/progress.h"
#include "core/pruning/mask_search_options.h"
#include "core/study/attention_model.h"

class QComboBox;
class QLabel;
class QProgressBar;
class QPushButton;
class QTableWidget;

namespace lottery::gui {

class AttentionSearchView : public QWidget {
    Q_OBJECT

public:
    explicit AttentionSearchView(QWidget* parent = nullptr);

    // The head that is searched for; nothing: none can be.
    void setHead(std::optional<lottery::Component> head);
    // Whether there are examples to search, and why not.
    void setAvailable(bool available, const QString& why = {});
    void setProgress(const Progress& progress);
    // `texts`: the file's, in which `found` are.
    void setFound(const std::vector<FoundText>& found, const std::vector<AttentionText>& texts, const QString& what);
    void setFailed(const QString& why);

    [[nodiscard]] AttendsTo what() const;
    QComboBox* whatBox() const { return what_; }
    QPushButton* findButton() const { return find_; }
    QTableWidget* table() const { return table_; }
    QLabel* message() const { return message_; }

Q_SIGNALS:
    void searchRequested(lottery::AttendsTo what);
    // Of the file that was searched, from 0.
    void exampleActivated(qint64 example);

private:
    void updateEnabled();

    QLabel* head_;
    QComboBox* what_;
    QPushButton* find_;
    QProgressBar* progress_;
    QLabel* message_;
    QTableWidget* table_;
    std::optional<Component> of_;
    bool available_ = false;
    bool searching_ = false;
};

}  // namespace lottery::gui
