// The Node-API surface: turns JavaScript arguments into calls of the core and failures into errors. Nothing
// else is decided here.

#include <napi.h>

#include <cstring>
#include <string>

#include "region.h"

namespace fams {
namespace {

enum Flag : uint32_t { kLineZero = 1, kEverything = 2, kVerify = 4 };

struct AddonData {
  // (code, detail, { path, errno?, offset?, lines?, ranges? }) => Error; the runtime's class is made there.
  Napi::FunctionReference make_error;
};

Napi::Value ToBytes(Napi::Env env, const uint8_t* bytes, size_t length) {
  Napi::Uint8Array array = Napi::Uint8Array::New(env, length);
  std::memcpy(array.Data(), bytes, length);
  return array;
}

Napi::Object Describe(Napi::Env env, const Status& status, const std::string& path) {
  Napi::Object more = Napi::Object::New(env);
  more.Set("path", path);
  if (status.error() != 0) more.Set("errno", status.error());
  if (status.has_offset()) more.Set("offset", static_cast<double>(status.offset()));
  return more;
}

void ThrowFailure(Napi::Env env, const Status& status, Napi::Object more) {
  const Napi::Value error = env.GetInstanceData<AddonData>()->make_error.Call(
      {Napi::String::New(env, status.code()), Napi::String::New(env, status.detail()), more});
  if (!env.IsExceptionPending()) napi_throw(env, error);
}

Napi::Array DescribeUntracked(Napi::Env env, const Untracked& untracked, const uint8_t* working) {
  Napi::Array ranges = Napi::Array::New(env, untracked.first.size());
  for (uint32_t i = 0; i < untracked.first.size(); i++) {
    const UntrackedLine& line = untracked.first[i];
    const uint8_t* after = working + line.line * kLineBytes;
    size_t first = 0, end = kLineBytes;
    while (first < end && line.before[first] == after[first]) first++;
    while (end > first && line.before[end - 1] == after[end - 1]) end--;
    Napi::Object range = Napi::Object::New(env);
    range.Set("offset", static_cast<double>(line.line * kLineBytes + first));
    range.Set("before", ToBytes(env, line.before + first, end - first));
    range.Set("after", ToBytes(env, after + first, end - first));
    ranges.Set(i, range);
  }
  return ranges;
}

class Handle final : public Napi::ObjectWrap<Handle> {
 public:
  static Napi::Function Define(Napi::Env env) {
    return DefineClass(
        env, "RegionHandle",
        {InstanceMethod<&Handle::Attach>("attach"), InstanceMethod<&Handle::Commit>("commit"),
         InstanceMethod<&Handle::Rollback>("rollback"), InstanceMethod<&Handle::Flush>("flush"),
         InstanceMethod<&Handle::Close>("close"), InstanceMethod<&Handle::GetStats>("stats"),
         InstanceMethod<&Handle::GetReport>("report"), InstanceAccessor<&Handle::GetBuffer>("buffer")});
  }

  // new RegionHandle(path, { size?, readOnly, durable, acceptDamage })
  explicit Handle(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Handle>(info) {
    const Napi::Env env = info.Env();
    const Napi::Object given = info[1].As<Napi::Object>();
    OpenOptions options;
    if (given.Get("size").IsNumber())
      options.size = static_cast<uint64_t>(given.Get("size").As<Napi::Number>().Int64Value());
    options.read_only = given.Get("readOnly").ToBoolean();
    options.durable = given.Get("durable").ToBoolean();
    options.accept_damage = given.Get("acceptDamage").ToBoolean();
    path_ = info[0].As<Napi::String>().Utf8Value();
    const Status status = Region::Open(path_, options, &region_);
    if (status.ok()) {
      ShareMemory(env);
    } else {
      Throw(env, status);
    }
  }

  ~Handle() override {
    if (hooked_) napi_remove_env_cleanup_hook(env_, &Handle::OnEnvironmentEnd, this);
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

  // A worker may end with the region open: its views must be gone before V8 frees the rest.
  static void OnEnvironmentEnd(void* self) {
    auto* handle = static_cast<Handle*>(self);
    handle->hooked_ = false;
    handle->Detach();
    handle->region_.reset();
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

  // attach(marks: Uint8Array, list: Uint32Array, firstLine: number)
  void Attach(const Napi::CallbackInfo& info) {
    if (!IsOpen(info.Env())) return;
    auto marks = info[0].As<Napi::Uint8Array>();
    auto list = info[1].As<Napi::Uint32Array>();
    marks_ = Napi::Persistent(info[0].As<Napi::Object>());
    list_ = Napi::Persistent(info[1].As<Napi::Object>());
    Tracker tracker;
    tracker.marks = marks.Data();
    tracker.line_count = marks.ElementLength();
    tracker.list = list.Data();
    tracker.first_line = info[2].As<Napi::Number>().Uint32Value();
    tracker.list_capacity = static_cast<uint32_t>(list.ElementLength());
    region_->Attach(tracker);
  }

  // commit(listUsed: number, flags: number)
  void Commit(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    if (!HasMemory(env)) return;
    const uint32_t flags = info[1].As<Napi::Number>().Uint32Value();
    Untracked untracked;
    const Status status = region_->Commit(info[0].As<Napi::Number>().Uint32Value(), ToSuspicion(flags),
                                          (flags & kVerify) != 0 ? &untracked : nullptr);
    if (status.ok()) return;
    Napi::Object more = Describe(env, status, path_);
    if (untracked.count > 0) {
      more.Set("lines", static_cast<double>(untracked.count));
      more.Set("ranges", DescribeUntracked(env, untracked, region_->working()->data()));
    }
    ThrowFailure(env, status, more);
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

  // Whatever the last checkpoint comes to, the region is closed afterwards.
  void Close(const Napi::CallbackInfo& info) {
    if (region_ == nullptr) return;
    const std::unique_ptr<Region> closing = std::move(region_);
    const bool moved = buffer_.Value().IsDetached();
    if (!moved) buffer_.Value().Detach();
    buffer_.Reset();
    const std::shared_ptr<Mapping> working = closing->working();
    const Status status = closing->Close();
    if (!moved) working->Abandon();
    if (!status.ok()) Throw(info.Env(), status);
  }

  Napi::Value GetBuffer(const Napi::CallbackInfo& info) {
    return IsOpen(info.Env()) ? buffer_.Value() : info.Env().Undefined();
  }

  Napi::Value GetStats(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    if (!IsOpen(env)) return env.Undefined();
    const Stats& stats = region_->stats();
    Napi::Object result = Napi::Object::New(env);
    const auto set = [&](const char* name, uint64_t value) { result.Set(name, static_cast<double>(value)); };
    set("commits", stats.commits);
    set("lines", stats.lines);
    set("journalBytes", stats.journal_bytes);
    set("checkpoints", stats.checkpoints);
    set("checkpointBytes", stats.checkpoint_bytes);
    return result;
  }

  Napi::Value GetReport(const Napi::CallbackInfo& info) {
    static const char* const kVerdicts[] = {"created", "clean", "recovered", "damaged"};
    static const char* const kEndings[] = {
        "nothing", "torn header", "torn payload", "unrecognised bytes", "a later record", "unreadable"};
    const Napi::Env env = info.Env();
    if (!IsOpen(env)) return env.Undefined();
    const RecoveryReport& report = region_->report();
    Napi::Object result = Napi::Object::New(env);
    result.Set("verdict", kVerdicts[static_cast<int>(report.verdict)]);
    result.Set("commits", static_cast<double>(report.end.commits));
    result.Set("lines", static_cast<double>(report.end.lines));
    result.Set("generation", static_cast<double>(region_->superblock().generation));
    Napi::Array broken = Napi::Array::New(env);
    for (uint32_t copy = 0; copy < 2; copy++)
      if (!report.copy_valid[copy]) broken.Set(broken.Length(), copy == 0 ? "A" : "B");
    result.Set("brokenSuperblocks", broken);
    result.Set("discarded", env.Null());
    if (report.end.ending != Ending::kNothing) {
      Napi::Object discarded = Napi::Object::New(env);
      discarded.Set("position", static_cast<double>(report.end.position));
      discarded.Set("reason", kEndings[static_cast<int>(report.end.ending)]);
      result.Set("discarded", discarded);
    }
    return result;
  }

  std::string path_;
  napi_env env_ = nullptr;
  bool hooked_ = false;
  std::unique_ptr<Region> region_;
  Napi::Reference<Napi::ArrayBuffer> buffer_;
  Napi::ObjectReference marks_, list_;
};

void SetErrorFactory(const Napi::CallbackInfo& info) {
  info.Env().GetInstanceData<AddonData>()->make_error = Napi::Persistent(info[0].As<Napi::Function>());
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  env.SetInstanceData(new AddonData());
  exports.Set("RegionHandle", Handle::Define(env));
  exports.Set("setErrorFactory", Napi::Function::New<SetErrorFactory>(env, "setErrorFactory"));
  return exports;
}

}  // namespace
}  // namespace fams

static Napi::Object InitAddon(Napi::Env env, Napi::Object exports) { return fams::Init(env, exports); }

NODE_API_MODULE(fams_native, InitAddon)
