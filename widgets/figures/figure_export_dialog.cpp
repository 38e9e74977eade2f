// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/figures/figure_export_dialog.h"

#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>
#include <QStandardPaths>
#include <QVBoxLayout>
#include <cmath>
#include <utility>

#include "widgets/figures/paint_scene.h"

namespace lottery::gui {

namespace {

// The folder of the last figure, for the next one.
QString& lastFolder() {
    static QString folder = QStandardPaths::writableLocation(QStandardPaths::PicturesLocation);
    return folder;
}

class Preview : public QWidget {
public:
    explicit Preview(QWidget* parent) : QWidget(parent) {
        setMinimumSize(280, 220);
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
        setAccessibleName(QObject::tr("Preview of the figure"));
    }
    void setScene(Scene scene) {
        scene_ = std::move(scene);
        setAccessibleDescription(QString::fromStdString(scene_.description));
        update();
    }
    [[nodiscard]] QSize sizeHint() const override { return {420, 360}; }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        constexpr double margin = 10.0;
        const double scale =
            std::min((width() - 2 * margin) / scene_.width_mm, (height() - 2 * margin) / scene_.height_mm);
        const QSizeF size = QSizeF(scene_.width_mm, scene_.height_mm) * scale;
        const QRectF paper(QPointF((width() - size.width()) / 2, (height() - size.height()) / 2), size);
        painter.fillRect(paper.translated(2, 2), QColor(0, 0, 0, 60));
        paintScene(painter, scene_, paper);
    }

private:
    Scene scene_;
};

}  // namespace

struct FigureExportDialog::Parts {
    FigureBuilder builder;
    FigureMetadata metadata;
    Figure figure;
    QComboBox* format = nullptr;
    QComboBox* width = nullptr;
    QDoubleSpinBox* width_mm = nullptr;
    QDoubleSpinBox* font_pt = nullptr;
    QDoubleSpinBox* dpi = nullptr;
    QCheckBox* title = nullptr;
    QLineEdit* file = nullptr;
    QLabel* size = nullptr;
    QLabel* problem = nullptr;
    Preview* preview = nullptr;

    [[nodiscard]] FigureFormat chosenFormat() const { return static_cast<FigureFormat>(format->currentData().toInt()); }

    void rebuild() {
        FigureRequest request;
        request.style.width_mm = width_mm->value();
        request.style.font_pt = font_pt->value();
        request.title = title->isChecked();
        if (chosenFormat() == FigureFormat::Png) request.style.pixel_mm = 25.4 / dpi->value();
        figure = builder(request);
        preview->setScene(figure.scene);
        describe();
    }

    void describe() {
        const Scene& scene = figure.scene;
        QString text = QObject::tr("%1 × %2 mm").arg(scene.width_mm, 0, 'f', 1).arg(scene.height_mm, 0, 'f', 1);
        if (chosenFormat() == FigureFormat::Png) {
            const auto pixels = [this](double mm) { return std::lround(mm / 25.4 * dpi->value()); };
            text += QObject::tr(", %1 × %2 pixels").arg(pixels(scene.width_mm)).arg(pixels(scene.height_mm));
        }
        if (chosenFormat() == FigureFormat::Csv)
            text = QObject::tr("%n row(s) of data", nullptr, static_cast<int>(figure.data.rows.size()));
        size->setText(text);
    }

    void formatChanged() {
        const bool drawn = chosenFormat() != FigureFormat::Csv;
        for (QWidget* field : std::initializer_list<QWidget*>{width, font_pt, title}) field->setEnabled(drawn);
        width_mm->setEnabled(drawn && width->currentIndex() == 2);
        dpi->setEnabled(chosenFormat() == FigureFormat::Png);
        const QFileInfo info(file->text());
        if (!file->text().isEmpty() && formatOf(info.suffix())) {
            file->setText(QDir(info.path()).filePath(info.completeBaseName() + "." + extensionOf(chosenFormat())));
        }
        rebuild();
    }
};

FigureExportDialog::FigureExportDialog(FigureBuilder builder, const QString& name, FigureMetadata metadata,
                                       QWidget* parent)
    : QDialog(parent), parts_(std::make_unique<Parts>()) {
    setWindowTitle(tr("Export Figure"));
    Parts& p = *parts_;
    p.builder = std::move(builder);
    p.metadata = std::move(metadata);

    p.format = new QComboBox(this);
    p.format->setObjectName("format");
    p.format->addItem(tr("PDF (vector)"), static_cast<int>(FigureFormat::Pdf));
    p.format->addItem(tr("SVG (vector)"), static_cast<int>(FigureFormat::Svg));
    p.format->addItem(tr("PNG (image)"), static_cast<int>(FigureFormat::Png));
    p.format->addItem(tr("CSV (data)"), static_cast<int>(FigureFormat::Csv));

    p.width = new QComboBox(this);
    p.width->setObjectName("width");
    p.width->addItem(tr("One column"), one_column_mm);
    p.width->addItem(tr("Two columns"), two_columns_mm);
    p.width->addItem(tr("Custom"));
    p.width_mm = new QDoubleSpinBox(this);
    p.width_mm->setObjectName("widthMm");
    p.width_mm->setRange(30.0, 1000.0);
    p.width_mm->setDecimals(1);
    p.width_mm->setSuffix(tr(" mm"));
    p.width_mm->setValue(one_column_mm);
    p.width_mm->setAccessibleName(tr("Width in millimetres"));
    auto* widths = new QHBoxLayout;
    widths->addWidget(p.width, 1);
    widths->addWidget(p.width_mm);

    p.font_pt = new QDoubleSpinBox(this);
    p.font_pt->setObjectName("fontPt");
    p.font_pt->setRange(5.0, 20.0);
    p.font_pt->setSingleStep(0.5);
    p.font_pt->setDecimals(1);
    p.font_pt->setSuffix(tr(" pt"));
    p.font_pt->setValue(FigureStyle{}.font_pt);
    p.dpi = new QDoubleSpinBox(this);
    p.dpi->setObjectName("dpi");
    p.dpi->setRange(72.0, 1200.0);
    p.dpi->setDecimals(0);
    p.dpi->setSingleStep(50.0);
    p.dpi->setSuffix(tr(" dpi"));
    p.dpi->setValue(300.0);
    p.title = new QCheckBox(tr("Draw the title"), this);
    p.title->setObjectName("title");
    p.title->setChecked(true);
    p.size = new QLabel(this);
    p.size->setObjectName("size");

    p.file = new QLineEdit(QDir(lastFolder()).filePath(name + ".pdf"), this);
    p.file->setObjectName("file");
    p.file->setMinimumWidth(260);
    auto* browse = new QPushButton(tr("Browse…"), this);
    auto* files = new QHBoxLayout;
    files->addWidget(p.file, 1);
    files->addWidget(browse);

    auto* form = new QFormLayout;
    form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    form->setVerticalSpacing(10);
    form->addRow(tr("&Format:"), p.format);
    auto* widthLabel = new QLabel(tr("&Width:"), this);
    widthLabel->setBuddy(p.width);
    form->addRow(widthLabel, widths);
    form->addRow(tr("&Type size:"), p.font_pt);
    form->addRow(tr("&Resolution:"), p.dpi);
    form->addRow(QString(), p.title);
    form->addRow(tr("Size:"), p.size);
    auto* fileLabel = new QLabel(tr("F&ile:"), this);
    fileLabel->setBuddy(p.file);
    form->addRow(fileLabel, files);

    p.problem = new QLabel(this);
    p.problem->setObjectName("problem");
    p.problem->setWordWrap(true);
    p.problem->setTextInteractionFlags(Qt::TextSelectableByMouse);
    p.problem->hide();

    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Save | QDialogButtonBox::Cancel, this);
    auto* copy = buttons->addButton(tr("&Copy"), QDialogButtonBox::ActionRole);
    copy->setObjectName("copy");
    copy->setToolTip(tr("Copy the figure (or, for CSV, its data) to the clipboard"));

    p.preview = new Preview(this);
    auto* left = new QVBoxLayout;
    left->addLayout(form);
    left->addStretch(1);
    left->addWidget(p.problem);
    auto* columns = new QHBoxLayout;
    columns->setSpacing(16);
    columns->addLayout(left);
    columns->addWidget(p.preview, 1);
    auto* all = new QVBoxLayout(this);
    all->addLayout(columns, 1);
    all->addWidget(buttons);
    resize(860, 500);

    const auto rebuild = [this] { parts_->rebuild(); };
    connect(p.format, &QComboBox::currentIndexChanged, this, [this] { parts_->formatChanged(); });
    connect(p.width, &QComboBox::currentIndexChanged, this, [this](int index) {
        parts_->width_mm->setEnabled(index == 2);
        if (index < 2) parts_->width_mm->setValue(parts_->width->itemData(index).toDouble());
        if (index == 2) parts_->width_mm->setFocus();
    });
    connect(p.width_mm, &QDoubleSpinBox::valueChanged, this, rebuild);
    connect(p.font_pt, &QDoubleSpinBox::valueChanged, this, rebuild);
    connect(p.title, &QCheckBox::toggled, this, rebuild);
    connect(p.dpi, &QDoubleSpinBox::valueChanged, this, rebuild);
    connect(browse, &QPushButton::clicked, this, [this] {
        const QString extension = extensionOf(parts_->chosenFormat());
        const QString chosen = QFileDialog::getSaveFileName(this, tr("Export Figure"), parts_->file->text(),
                                                            tr("%1 files (*.%2)").arg(extension.toUpper(), extension));
        if (!chosen.isEmpty()) parts_->file->setText(chosen);
    });
    connect(copy, &QPushButton::clicked, this, [this] {
        if (parts_->chosenFormat() == FigureFormat::Csv) {
            copyFigureData(parts_->figure);
        } else {
            copyFigure(parts_->figure, parts_->metadata);
        }
    });
    connect(buttons, &QDialogButtonBox::accepted, this, &FigureExportDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    p.formatChanged();
}

FigureExportDialog::~FigureExportDialog() = default;

void FigureExportDialog::setFormat(FigureFormat format) {
    parts_->format->setCurrentIndex(parts_->format->findData(static_cast<int>(format)));
}

const Figure& FigureExportDialog::figure() const { return parts_->figure; }

void FigureExportDialog::accept() {
    Parts& p = *parts_;
    QString path = p.file->text().trimmed();
    if (path.isEmpty() || QFileInfo(path).isDir()) {
        p.problem->setText(
            tr("Name a file, e.g. %1.").arg(QDir(lastFolder()).filePath("figure." + extensionOf(p.chosenFormat()))));
        p.problem->show();
        p.file->setFocus();
        return;
    }
    if (QFileInfo(path).suffix().isEmpty()) path += "." + extensionOf(p.chosenFormat());
    const ExportOptions options{p.chosenFormat(), p.dpi->value(), p.metadata};
    const Status written = exportFigure(std::filesystem::path(path.toStdU16String()), p.figure, options);
    if (!written) {
        p.problem->setText(QString::fromStdString(written.error().to_string()));
        p.problem->show();
        return;
    }
    lastFolder() = QFileInfo(path).absolutePath();
    Q_EMIT exported(path);
    QDialog::accept();
}

}  // namespace lottery::gui
