// The Node-API surface of a region: turns JavaScript arguments into calls of the core and failures into
// errors. Nothing else is decided here.

#include "region_handle.h"

#include <string>

#include "describe.h"
#include "job.h"
#include "region.h"
#include "settled_call.h"

namespace fams {
namespace {

enum Flag : uint32_t { kLineZero = 1, kEverything = 2, kVerify = 4 };

uint64_t NumberOr(Napi::Object given, const char* name, uint64_t otherwise) {
  const Napi::Value value = given.Get(name);
  return value.IsNumber() ? static_cast<uint64_t>(value.As<Napi::Number>().Int64Value()) : otherwise;
}

std::optional<uint64_t> OptionalNumber(Napi::Object given, const char* name) {
  if (!given.Get(name).IsNumber()) return std::nullopt;
  return NumberOr(given, name, 0);
}

OpenOptions ToOptions(Napi::Object given) {
  OpenOptions options;
  options.size = OptionalNumber(given, "size");
  options.max_journal = OptionalNumber(given, "maxJournal");
  options.max_resident = OptionalNumber(given, "maxResident");
  options.read_only = given.Get("readOnly").ToBoolean();
  options.durable = given.Get("durable").ToBoolean();
  options.accept_damage = given.Get("acceptDamage").ToBoolean();
  options.block_images = given.Get("blockImages").ToBoolean();
  options.sparse = given.Get("sparse").ToBoolean();
  if (given.Get("storage").IsString()) options.storage.requested = given.Get("storage").As<Napi::String>();
  if (given.Get("cxlSsd").IsObject()) {
    const auto device = given.Get("cxlSsd").As<Napi::Object>();
    CxlSsdOptions& cxl = options.storage.cxl_ssd;
    cxl.cache_bytes = NumberOr(device, "cacheBytes", cxl.cache_bytes);
    cxl.page_bytes = static_cast<uint32_t>(NumberOr(device, "pageBytes", cxl.page_bytes));
    cxl.hit_ns = static_cast<uint32_t>(NumberOr(device, "hitNs", cxl.hit_ns));
    cxl.miss_ns = static_cast<uint32_t>(NumberOr(device, "missNs", cxl.miss_ns));
    cxl.write_back_ns = static_cast<uint32_t>(NumberOr(device, "writeBackNs", cxl.write_back_ns));
  }
  return options;
}

// A region that was opened on another thread, on its way into a handle.
struct Opened {
  std::string path;
  std::unique_ptr<Region> region;
};

class Handle final : public Napi::ObjectWrap<Handle> {
 public:
  static Napi::Function Define(Napi::Env env) {
    return DefineClass(
        env, "RegionHandle",
        {InstanceMethod<&Handle::Attach>("attach"), InstanceMethod<&Handle::Commit>("commit"),
         InstanceMethod<&Handle::CommitLater>("commitLater"),
         InstanceMethod<&Handle::FlushLater>("flushLater"), InstanceMethod<&Handle::Kick>("kick"),
         InstanceMethod<&Handle::TakeSettled>("takeSettled"), InstanceMethod<&Handle::IsFull>("isFull"),
         InstanceMethod<&Handle::Rollback>("rollback"), InstanceMethod<&Handle::Flush>("flush"),
         InstanceMethod<&Handle::Close>("close"), InstanceMethod<&Handle::Backup>("backup"),
         InstanceMethod<&Handle::GetStats>("stats"), InstanceMethod<&Handle::GetReport>("report"),
         InstanceAccessor<&Handle::GetBuffer>("buffer")});
  }

  // new RegionHandle(path, options), or from OpenRegion with what it opened
  explicit Handle(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Handle>(info) {
    if (info[0].IsExternal()) {
      auto* opened = info[0].As<Napi::External<Opened>>().Data();
      path_ = std::move(opened->path);
      region_ = std::move(opened->region);
      ShareMemory(info.Env());
      return;
    }
    path_ = info[0].As<Napi::String>().Utf8Value();
    const Status status = Region::Open(path_, ToOptions(info[1].As<Napi::Object>()), &region_);
    if (status.ok()) {
      ShareMemory(info.Env());
    } else {
      Throw(info.Env(), status);
    }
  }

  ~Handle() override {
    if (hooked_) napi_remove_env_cleanup_hook(env_, &Handle::OnEnvironmentEnd, this);
    region_.reset();
  }

 private:
  // The memory lives as long as the array buffer, whoever holds that, or until it is closed.
  void ShareMemory(Napi::Env env) {
    env_ = env;
    using Owner = std::shared_ptr<Mapping>;
    const Owner& working = region_->working();
    napi_value buffer = nullptr;
    auto* owner = new Owner(working);
    const napi_status made = napi_create_external_arraybuffer(
        env, working->data(), working->bytes(),
        [](napi_env, void*, void* hint) { delete static_cast<Owner*>(hint); }, owner, &buffer);
    if (made != napi_ok) {
      delete owner;
      region_.reset();
      return Throw(env, Status(code::kUnsupported, "this build of Node.js takes no memory from outside"));
    }
    buffer_ = Napi::Persistent(Napi::ArrayBuffer(env, buffer));
    hooked_ = napi_add_env_cleanup_hook(env, &Handle::OnEnvironmentEnd, this) == napi_ok;
  }

  // A worker may end with the region open: its views must be gone before V8 frees the rest. What it captured
  // is written first.
  static void OnEnvironmentEnd(void* self) {
    auto* handle = static_cast<Handle*>(self);
    handle->hooked_ = false;
    handle->Detach();
    handle->region_.reset();
    handle->settled_.Release();
  }

  // Takes the memory from every view. If the program has moved the buffer elsewhere, the memory stays as long
  // as that lives.
  void Detach() {
    if (buffer_.IsEmpty()) return;
    const Napi::HandleScope scope(env_);
    Napi::ArrayBuffer buffer = buffer_.Value();
    if (!buffer.IsDetached()) {
      buffer.Detach();
      if (region_ != nullptr) region_->working()->Abandon();
    }
    buffer_.Reset();
  }

  void Throw(Napi::Env env, const Status& status) { ThrowFailure(env, status, Describe(env, status, path_)); }

  bool IsOpen(Napi::Env env) {
    if (region_ != nullptr) return true;
    Throw(env, Status(code::kClosed, "the region is closed"));
    return false;
  }

  bool HasMemory(Napi::Env env) {
    if (!IsOpen(env)) return false;
    if (marks_.IsEmpty()) {
      Throw(env, Status(code::kInvalidArgument, "no tracker is attached"));
      return false;
    }
    if (!buffer_.Value().IsDetached()) return true;
    Throw(env, Status(code::kDetached, "the region's buffer was transferred away"));
    return false;
  }

  static Suspicion ToSuspicion(uint32_t flags) {
    return {(flags & kLineZero) != 0, (flags & kEverything) != 0};
  }

  // attach(marks: Uint8Array, list: Uint32Array, firstLine: number, onSettled?: () => void)
  void Attach(const Napi::CallbackInfo& info) {
    if (!IsOpen(info.Env())) return;
    auto marks = info[0].As<Napi::Uint8Array>();
    auto list = info[1].As<Napi::Uint32Array>();
    marks_ = Napi::Persistent(info[0].As<Napi::Object>());
    list_ = Napi::Persistent(info[1].As<Napi::Object>());
    if (info[3].IsFunction()) on_settled_ = Napi::Persistent(info[3].As<Napi::Function>());
    Tracker tracker;
    tracker.marks = marks.Data();
    tracker.line_count = marks.ElementLength();
    tracker.list = list.Data();
    tracker.first_line = info[2].As<Napi::Number>().Uint32Value();
    tracker.list_capacity = static_cast<uint32_t>(list.ElementLength());
    region_->Attach(tracker);
  }

  void ThrowCommit(Napi::Env env, const Status& status, const Untracked& untracked) {
    Napi::Object more = Describe(env, status, path_);
    if (untracked.count > 0) {
      more.Set("lines", static_cast<double>(untracked.count));
      more.Set("ranges", DescribeUntracked(env, untracked, region_->working()->data()));
    }
    ThrowFailure(env, status, more);
  }

  // commit(listUsed: number, flags: number)
  void Commit(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    if (!HasMemory(env)) return;
    const uint32_t flags = info[1].As<Napi::Number>().Uint32Value();
    Untracked untracked;
    const Status status = region_->Commit(info[0].As<Napi::Number>().Uint32Value(), ToSuspicion(flags),
                                          (flags & kVerify) != 0 ? &untracked : nullptr);
    if (!status.ok()) ThrowCommit(env, status, untracked);
  }

  // commitLater(listUsed: number, flags: number): number; the ticket, or 0 if it is settled already
  Napi::Value CommitLater(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    if (!HasMemory(env) || !CanWait(env)) return env.Undefined();
    const uint32_t flags = info[1].As<Napi::Number>().Uint32Value();
    Untracked untracked;
    uint64_t ticket = 0;
    const Status status = region_->CommitLater(info[0].As<Napi::Number>().Uint32Value(), ToSuspicion(flags),
                                               (flags & kVerify) != 0 ? &untracked : nullptr, &ticket);
    if (!status.ok()) {
      ThrowCommit(env, status, untracked);
      return env.Undefined();
    }
    return Ticket(env, ticket);
  }

  // flushLater(): number
  Napi::Value FlushLater(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    if (!IsOpen(env) || !CanWait(env)) return env.Undefined();
    uint64_t ticket = 0;
    const Status status = region_->FlushLater(&ticket);
    if (status.ok()) return Ticket(env, ticket);
    Throw(env, status);
    return env.Undefined();
  }

  bool CanWait(Napi::Env env) {
    if (settled_.made()) return true;
    if (on_settled_.IsEmpty() || !settled_.Make(env, on_settled_.Value())) {
      Throw(env, Status(code::kUnsupported, "no way to hear from the commit thread"));
      return false;
    }
    region_->OnSettled([this] { settled_.Notify(); });
    return true;
  }

  Napi::Value Ticket(Napi::Env env, uint64_t ticket) {
    if (region_->HasSucceeded()) return Napi::Number::New(env, 0);
    settled_.KeepAlive(env, true);
    return Napi::Number::New(env, static_cast<double>(ticket));
  }

  void Kick(const Napi::CallbackInfo&) {
    if (region_ != nullptr) region_->Kick();
  }

  Napi::Value IsFull(const Napi::CallbackInfo& info) {
    return Napi::Boolean::New(info.Env(), region_ != nullptr && region_->IsFull());
  }

  // takeSettled(): (number | Error | null)[]; a ticket up to which commits are settled, how, and so on. The
  // last element tells whether lines were marked again.
  Napi::Value TakeSettled(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    Napi::Array result = Napi::Array::New(env);
    if (region_ == nullptr) return result;
    settled_.Taken();
    Settled(env, *region_, result);
    const bool marked = region_->PutBackFailed();
    result.Set(result.Length(), Napi::Boolean::New(env, marked));
    if (region_->IsSettled()) settled_.KeepAlive(env, false);
    return result;
  }

  void Settled(Napi::Env env, Region& region, Napi::Array result) {
    for (const Committer::Settled& news : region.TakeSettled()) {
      result.Set(result.Length(), static_cast<double>(news.through));
      result.Set(result.Length(), news.status.ok()
                                      ? env.Null()
                                      : MakeError(env, news.status, Describe(env, news.status, path_)));
    }
  }

  // rollback(listUsed: number, flags: number)
  void Rollback(const Napi::CallbackInfo& info) {
    if (!HasMemory(info.Env())) return;
    const Status status = region_->Rollback(info[0].As<Napi::Number>().Uint32Value(),
                                            ToSuspicion(info[1].As<Napi::Number>().Uint32Value()));
    if (!status.ok()) Throw(info.Env(), status);
  }

  void Flush(const Napi::CallbackInfo& info) {
    if (!IsOpen(info.Env())) return;
    const Status status = region_->Flush();
    if (!status.ok()) Throw(info.Env(), status);
  }

  // backup(path: string, replace: boolean, onProgress?): Promise<null>; rejects as the tools do
  Napi::Value Backup(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    if (!IsOpen(env)) return env.Undefined();
    Region::BackupStart begin;
    const Status begun = region_->BeginBackup(&begin);
    if (!begun.ok()) {
      Throw(env, begun);
      return env.Undefined();
    }
    const std::string to = info[0].As<Napi::String>();
    const Existing existing = info[1].ToBoolean() ? Existing::kReplace : Existing::kKeep;
    // The region waits for it before it goes.
    Region* region = region_.get();
    const auto work = [=](const Progress& progress, bool*) {
      return region->Backup(begin, to, existing, progress);
    };
    const auto convert = [](Napi::Env env, const bool&) -> Napi::Value { return env.Null(); };
    return Job<bool>::Start(env, path_, info[2], work, convert);
  }

  // close(settled: array): adds what takeSettled would say of the commits that were waited for. Whatever the
  // last checkpoint comes to, the region is closed afterwards.
  void Close(const Napi::CallbackInfo& info) {
    if (region_ == nullptr) return;
    const std::unique_ptr<Region> closing = std::move(region_);
    const bool moved = buffer_.Value().IsDetached();
    if (!moved) buffer_.Value().Detach();
    buffer_.Reset();
    const Status status = closing->Close();
    if (!moved) closing->working()->Abandon();
    if (info[0].IsArray()) Settled(info.Env(), *closing, info[0].As<Napi::Array>());
    settled_.Release();
    if (!status.ok()) Throw(info.Env(), status);
  }

  Napi::Value GetBuffer(const Napi::CallbackInfo& info) {
    return IsOpen(info.Env()) ? buffer_.Value() : info.Env().Undefined();
  }

  Napi::Value GetStats(const Napi::CallbackInfo& info) {
    return IsOpen(info.Env()) ? DescribeStats(info.Env(), *region_) : info.Env().Undefined();
  }

  Napi::Value GetReport(const Napi::CallbackInfo& info) {
    return IsOpen(info.Env()) ? DescribeReport(info.Env(), *region_) : info.Env().Undefined();
  }

  std::string path_;
  napi_env env_ = nullptr;
  bool hooked_ = false;
  // After the region is gone nobody calls it.
  SettledCall settled_;
  std::unique_ptr<Region> region_;
  Napi::Reference<Napi::ArrayBuffer> buffer_;
  Napi::ObjectReference marks_, list_;
  Napi::FunctionReference on_settled_;
};

class OpenWorker final : public Napi::AsyncWorker {
 public:
  OpenWorker(Napi::Env env, std::string path, OpenOptions options)
      : Napi::AsyncWorker(env), deferred_(env), options_(std::move(options)) {
    opened_.path = std::move(path);
  }

  Napi::Promise promise() { return deferred_.Promise(); }
  void Execute() override { status_ = Region::Open(opened_.path, options_, &opened_.region); }

  void OnOK() override {
    const Napi::Env env = Env();
    if (!status_.ok()) return deferred_.Reject(MakeError(env, status_, Describe(env, status_, opened_.path)));
    const Napi::Value handle =
        env.GetInstanceData<AddonData>()->region_handle.New({Napi::External<Opened>::New(env, &opened_)});
    if (env.IsExceptionPending()) {
      deferred_.Reject(env.GetAndClearPendingException().Value());
    } else {
      deferred_.Resolve(handle);
    }
  }

 private:
  Napi::Promise::Deferred deferred_;
  OpenOptions options_;
  Opened opened_;
  Status status_;
};

}  // namespace

Napi::Function DefineRegionHandle(Napi::Env env) { return Handle::Define(env); }

Napi::Value OpenRegion(const Napi::CallbackInfo& info) {
  auto* worker = new OpenWorker(info.Env(), info[0].As<Napi::String>().Utf8Value(),
                                ToOptions(info[1].As<Napi::Object>()));
  const Napi::Promise promise = worker->promise();
  worker->Queue();
  return promise;
}

}  // namespace fams
