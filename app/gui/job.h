// SPDX-License-Identifier: GPL-3.0-or-later
//
// A job: work for one device, what it tells on its way, and how it ends. Jobs are small values; everything a job
// needs is inside its function.
//
// Thread rule: a Job is made on the GUI thread and its work runs once, on the device's worker thread. A JobEvents is
// used by that thread alone. Events and ends are copies and belong to whoever receives them.
#pragma once

#include <QString>
#include <functional>
#include <stop_token>
#include <variant>

#include "app/gui/run_folder.h"
#include "app/gui/study_events.h"
#include "core/attention/pattern_training.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/pruning/magnitude_options.h"
#include "core/pruning/mask_search_options.h"
#include "core/study/runs.h"
#include "core/study/study_evaluation.h"
#include "core/study/what_if.h"
#include "core/training/training_options.h"
#include "widgets/jobs/job_record.h"
#include "widgets/runs/study_folder.h"

namespace lottery::gui {

struct JobMessage {
    Severity severity = Severity::Info;
    std::string text;
};

// A part of a job that has several begins: what follows belongs to it.
enum class JobPart { Finetune, MaskSearch, Magnitude, Evaluate, Results };
struct PartStarted {
    JobPart part;
    std::string title;   // "MRPC, seed 1337"
    std::string folder;  // the run folder, empty when there is none
};

// A RunFolder is what a run without a view of its own left behind, read back.
using JobEvent = std::variant<Progress, JobMessage, PartStarted, TrainingStep, DevEvaluation, MaskSearchStep,
                              MagnitudeStep, StudyScore, FinetuneReport, MaskSearchResult, MagnitudeResult,
                              EvaluateReport, StudyEvaluationReport, StudyFolder, RunFolder, StudyListed, StudyQueued,
                              StudyJobChanged, StudyTimeLeft, WhatIfEstimate, PatternEpoch>;

struct JobEnd {
    JobState state = JobState::Done;  // Done, Cancelled or Failed
    Error error;                      // when Failed
};

// What a job's work reports to. It may be handed to everything in the core that reports.
class JobEvents : public TrainingObserver,
                  public MaskSearchObserver,
                  public MagnitudeObserver,
                  public StudyEvaluationObserver,
                  public PatternTrainingObserver {
public:
    explicit JobEvents(std::function<void(JobEvent)> post) : post_(std::move(post)) {}

    void on_progress(const Progress& progress) override { post_(progress); }
    void on_message(Severity severity, const std::string& text) override { post_(JobMessage{severity, text}); }
    void on_training_step(const TrainingStep& step) override { post_(step); }
    void on_dev_evaluation(const DevEvaluation& evaluation) override { post_(evaluation); }
    void on_search_step(const MaskSearchStep& step) override { post_(step); }
    void on_magnitude_step(const MagnitudeStep& step) override { post_(step); }
    void on_study_score(const StudyScore& score) override { post_(score); }
    void on_pattern_epoch(const PatternEpoch& epoch) override { post_(epoch); }
    void report(JobEvent event) { post_(std::move(event)); }

private:
    std::function<void(JobEvent)> post_;
};

struct Job {
    QString title;
    QString device;  // jobs of one device run one after the other
    std::function<Outcome<Unit>(std::stop_token, JobEvents&)> work;
};

}  // namespace lottery::gui
