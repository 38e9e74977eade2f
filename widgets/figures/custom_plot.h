// SPDX-License-Identifier: GPL-3.0-or-later
//
// QCustomPlot's header in code that is compiled without Qt's keyword macros, which the header itself needs.
#pragma once

#include <QObject>
#include <QtGlobal>

#ifdef QT_NO_KEYWORDS
#define signals Q_SIGNALS
#define slots Q_SLOTS
#define emit Q_EMIT
#define foreach Q_FOREACH
#endif

#include <qcustomplot.h>

#ifdef QT_NO_KEYWORDS
#undef signals
#undef slots
#undef emit
#undef foreach
#endif
