// Work on a thread of the pool that tells a callback how far it has come and settles a promise.
#pragma once

#include <napi.h>

#include <functional>
#include <string>
#include <utility>

#include "progress.h"
#include "status.h"

namespace fams {

struct JobStep {
  uint64_t done, total;
};

// { code, detail, errno?, offset? }: the caller makes its own kind of error of it.
inline Napi::Object DescribeFailure(Napi::Env env, const Status& status) {
  Napi::Object failure = Napi::Object::New(env);
  failure.Set("code", status.code());
  failure.Set("detail", status.detail());
  if (status.error() != 0) failure.Set("errno", status.error());
  if (status.has_offset()) failure.Set("offset", static_cast<double>(status.offset()));
  return failure;
}

template <typename Result>
class Job final : public Napi::AsyncProgressWorker<JobStep> {
 public:
  using Work = std::function<Status(const Progress& progress, Result* result)>;
  using Convert = Napi::Value (*)(Napi::Env env, const Result& result);

  // Starts the work and returns the promise. `on_progress` is a function or not there.
  static Napi::Value Start(Napi::Env env, std::string path, Napi::Value on_progress, Work work,
                           Convert convert) {
    auto* job = new Job(env, std::move(path), std::move(work), convert);
    if (on_progress.IsFunction()) job->on_progress_ = Napi::Persistent(on_progress.As<Napi::Function>());
    const Napi::Promise promise = job->deferred_.Promise();
    job->Queue();
    return promise;
  }

  void Execute(const ExecutionProgress& progress) override {
    const Progress tell = [&](uint64_t done, uint64_t total) {
      const JobStep step = {done, total};
      progress.Send(&step, 1);
    };
    status_ = work_(tell, &result_);
  }

  void OnProgress(const JobStep* step, size_t count) override {
    if (count == 0 || on_progress_.IsEmpty()) return;
    on_progress_.Call({Napi::Number::New(Env(), static_cast<double>(step->done)),
                       Napi::Number::New(Env(), static_cast<double>(step->total))});
  }

  void OnOK() override {
    if (status_.ok()) {
      deferred_.Resolve(convert_(Env(), result_));
    } else {
      Napi::Object failure = DescribeFailure(Env(), status_);
      failure.Set("path", status_.path().empty() ? path_ : status_.path());
      deferred_.Reject(failure);
    }
  }

 private:
  Job(Napi::Env env, std::string path, Work work, Convert convert)
      : Napi::AsyncProgressWorker<JobStep>(env),
        deferred_(env),
        path_(std::move(path)),
        work_(std::move(work)),
        convert_(convert) {}

  Napi::Promise::Deferred deferred_;
  Napi::FunctionReference on_progress_;
  std::string path_;
  Work work_;
  Convert convert_;
  Status status_;
  Result result_;
};

}  // namespace fams
