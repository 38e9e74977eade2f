// SPDX-License-Identifier: GPL-3.0-or-later
//
// Attention maps to label, one after another, blind: where a map comes from, and its tokens other than [CLS] and [SEP],
// show once it has a label. Who made the view brings maps, asks for folders and files, and asks before it closes a view
// whose labels are not saved.
//
// Keys: 1 to 5 label and go on; Space and Right skip, Left goes back, N goes to the next map without a label; Undo and
// Redo take labels back and give them again.
//
// Thread rule: GUI thread.
#pragma once

#include <QWidget>
#include <array>
#include <filesystem>
#include <optional>

#include "core/figures/attention_figure.h"
#include "widgets/attention/labelling_session.h"

class QAction;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;

namespace lottery::gui {

class FigureView;
class LabellingAgreement;

class LabellingView : public QWidget {
    Q_OBJECT

public:
    explicit LabellingView(QWidget* parent = nullptr);

    // Other maps, none with a label; the labeller stays. What was labelled before is given up: ask unsavedText() first.
    // Errors: LabellingSession::of; the maps before stay.
    Status setMaps(std::vector<MapToLabel> maps);
    // Goes on with what is in a folder. Where it names another labeller than the view, its maps come without their
    // labels, to be labelled once more. Errors: readLabelling; the maps before stay.
    Status openFolder(const std::filesystem::path& folder);
    // Errors: saveLabelling. The view shows them, too.
    Status saveTo(const std::filesystem::path& folder);
    // Somebody else's labels of these maps, as a label file. Errors: read_label_file.
    Status compareWith(const std::filesystem::path& labelFile);

    [[nodiscard]] const LabellingSession& session() const { return session_; }
    // "3 labels are not saved"; empty when nothing would be lost.
    [[nodiscard]] QString unsavedText() const;
    // Where saving again writes to; empty: nowhere yet.
    [[nodiscard]] const std::filesystem::path& folder() const { return session_.folder(); }

    FigureView* map() const { return map_; }
    QLabel* message() const { return message_; }
    QLabel* progressLabel() const { return progress_; }
    QLabel* lastLabel() const { return last_; }
    QLabel* originLabel() const { return origin_; }
    QLabel* unsavedLabel() const { return unsaved_; }
    QLineEdit* labellerEdit() const { return labeller_; }
    LabellingAgreement* agreement() const { return agreement_; }
    QPushButton* classButton(PatternClass pattern) const { return classes_[index_of(pattern)]; }
    QPushButton* saveButton() const { return save_; }

Q_SIGNALS:
    // Maps to label are wanted: setMaps().
    void mapsWanted();
    // A folder to go on with is wanted: openFolder().
    void folderWanted();
    // To be saved: saveTo(folder()), or a folder that a person chooses where there is none yet.
    void saveRequested();
    // Somebody else's label file is wanted: compareWith().
    void comparisonWanted();
    // Whether closing would lose something.
    void modifiedChanged(bool modified);

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    QWidget* makeTools();
    QWidget* makeSide();
    void take(LabellingSession session);
    void label(PatternClass pattern);
    void move(void (LabellingSession::*step)());
    void goToUnlabelled();
    void showAll();
    void showMap();
    void showComparison();
    [[nodiscard]] AttentionMapContent content(std::size_t place) const;
    Status report(Status status);

    LabellingSession session_;
    std::optional<std::vector<MapLabel>> theirs_;
    QString theirFile_;
    QString lastText_;
    bool modified_ = false;

    QLabel* heading_;
    FigureView* map_;
    QLabel* origin_;
    QLabel* message_;
    QLabel* progress_;
    QProgressBar* bar_;
    QLabel* last_;
    QLabel* unsaved_;
    QLineEdit* labeller_;
    std::array<QPushButton*, pattern_count> classes_{};
    QPushButton *back_, *skip_, *next_, *save_, *compare_;
    QAction *undo_, *redo_;
    LabellingAgreement* agreement_;
};

}  // namespace lottery::gui
