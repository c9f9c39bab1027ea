// The storages themselves, for the tests that hold each of them to what storage.h says.

#include <fcntl.h>
#include <napi.h>
#include <sys/stat.h>

#include <string>
#include <vector>

#include "choose_storage.h"
#include "quiet_commits.h"
#include "storage_race.h"
#include "system_calls.h"

namespace fams {
namespace {

void Throw(Napi::Env env, const Status& status) {
  Napi::Error error = Napi::Error::New(env, status.detail());
  error.Set("code", Napi::String::New(env, status.code()));
  error.ThrowAsJavaScriptException();
}

Stream ToStream(const Napi::Value& name) {
  return name.As<Napi::String>().Utf8Value() == "journal" ? Stream::kJournal : Stream::kData;
}

uint64_t ToNumber(const Napi::Value& value) {
  return static_cast<uint64_t>(value.As<Napi::Number>().Int64Value());
}

StorageOptions ToOptions(const Napi::Object& given) {
  StorageOptions options;
  if (given.Has("storage")) options.requested = given.Get("storage").As<Napi::String>();
  const auto take = [&](const char* name, auto* field) {
    if (given.Has(name)) *field = given.Get(name).As<Napi::Number>().Int64Value();
  };
  take("cacheBytes", &options.cxl_ssd.cache_bytes);
  take("pageBytes", &options.cxl_ssd.page_bytes);
  take("hitNs", &options.cxl_ssd.hit_ns);
  take("missNs", &options.cxl_ssd.miss_ns);
  take("writeBackNs", &options.cxl_ssd.write_back_ns);
  return options;
}

Status OpenWith(const std::string& path, const std::string& persistence, std::unique_ptr<Storage>* storage) {
  FileDescriptor file(open(path.c_str(), O_RDWR | O_CLOEXEC));
  struct stat info;
  if (!file.valid() || fstat(file.get(), &info) != 0) return IoError("open");
  for (const Persistence& way : Persistences())
    if (way.name == persistence)
      return MakeDaxStorage(StorageKind::kPmemEmulated, std::move(file), info, false, way, storage);
  return Status(code::kInvalidArgument, persistence);
}

class Handle final : public Napi::ObjectWrap<Handle> {
 public:
  static Napi::Function Define(Napi::Env env) {
    return DefineClass(env, "Storage",
                       {
                           InstanceMethod<&Handle::Describe>("describe"),
                           InstanceMethod<&Handle::Counters>("counters"),
                           InstanceMethod<&Handle::Size>("size"),
                           InstanceMethod<&Handle::Read<&Storage::Read>>("read"),
                           InstanceMethod<&Handle::Read<&Storage::ReadMedium>>("readMedium"),
                           InstanceMethod<&Handle::Write<&Storage::Write>>("write"),
                           InstanceMethod<&Handle::Write<&Storage::WriteDurable>>("writeDurable"),
                           InstanceMethod<&Handle::FlushAll>("flushAll"),
                           InstanceMethod<&Handle::Part<&Storage::Allocate>>("allocate"),
                           InstanceMethod<&Handle::Part<&Storage::PrepareJournal>>("prepareJournal"),
                           InstanceMethod<&Handle::Part<&Storage::ForgetJournal>>("forgetJournal"),
                           InstanceMethod<&Handle::Part<&Storage::WriteBack>>("writeBack"),
                           InstanceMethod<&Handle::Truncate>("truncate"),
                           InstanceMethod<&Handle::Map<&Storage::MapPrivate>>("mapPrivate"),
                           InstanceMethod<&Handle::Map<&Storage::MapShared>>("mapShared"),
                           InstanceMethod<&Handle::CheckAlive>("checkAlive"),
                           InstanceMethod<&Handle::DoRace>("race"),
                           InstanceMethod<&Handle::WriteWithoutSystemCalls>("writeWithoutSystemCalls"),
                           InstanceMethod<&Handle::Close>("close"),
                       });
  }

  // path, { create?: bytes, readOnly?, persistence?, storage?, ... }
  explicit Handle(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Handle>(info) {
    const std::string path = info[0].As<Napi::String>();
    const Napi::Object given = info[1].As<Napi::Object>();
    Status status;
    if (given.Has("create")) {
      const uint64_t bytes = ToNumber(given.Get("create"));
      const auto contents = [bytes](const Storage&) {
        return std::vector<Extent>{{0, bytes, nullptr, true}};
      };
      bool created = false;
      status = CreateFile(path, contents, &storage_, &created, ToOptions(given));
      if (status.ok() && !created) status = Status(code::kLocked, "it is there already");
    } else if (given.Has("persistence")) {
      status = OpenWith(path, given.Get("persistence").As<Napi::String>(), &storage_);
    } else {
      status = OpenFile(path, given.Get("readOnly").ToBoolean(), &storage_, ToOptions(given));
    }
    if (!status.ok()) Throw(info.Env(), status);
  }

 private:
  void Check(const Napi::CallbackInfo& info, const Status& status) {
    if (!status.ok()) Throw(info.Env(), status);
  }

  Napi::Value Describe(const Napi::CallbackInfo& info) {
    Napi::Object result = Napi::Object::New(info.Env());
    result.Set("kind", NameOf(storage_->kind()));
    result.Set("writeUnit", storage_->write_unit());
    result.Set("isMemory", storage_->is_memory());
    return result;
  }

  Napi::Value Counters(const Napi::CallbackInfo& info) {
    const DeviceCounters counters = storage_->counters();
    Napi::Object result = Napi::Object::New(info.Env());
    result.Set("hits", static_cast<double>(counters.hits));
    result.Set("misses", static_cast<double>(counters.misses));
    result.Set("writeBacks", static_cast<double>(counters.write_backs));
    return result;
  }

  Napi::Value Size(const Napi::CallbackInfo& info) {
    return Napi::Number::New(info.Env(), static_cast<double>(storage_->Size()));
  }

  template <auto method>
  Napi::Value Read(const Napi::CallbackInfo& info) {
    auto bytes = Napi::Uint8Array::New(info.Env(), ToNumber(info[1]));
    Check(info, (storage_.get()->*method)(ToNumber(info[0]), bytes.Data(), bytes.ByteLength()));
    return bytes;
  }

  template <auto method>
  void Write(const Napi::CallbackInfo& info) {
    const auto bytes = info[2].As<Napi::Uint8Array>();
    const Status status =
        (storage_.get()->*method)(ToStream(info[0]), ToNumber(info[1]), bytes.Data(), bytes.ByteLength());
    Check(info, status);
  }

  void FlushAll(const Napi::CallbackInfo& info) { Check(info, storage_->FlushAll(ToStream(info[0]))); }

  template <auto method>
  void Part(const Napi::CallbackInfo& info) {
    Check(info, (storage_.get()->*method)(ToNumber(info[0]), ToNumber(info[1])));
  }

  void Truncate(const Napi::CallbackInfo& info) { Check(info, storage_->Truncate(ToNumber(info[0]))); }

  template <auto method>
  Napi::Value Map(const Napi::CallbackInfo& info) {
    auto* mapping = new std::shared_ptr<Mapping>;
    const Status status = (storage_.get()->*method)(ToNumber(info[0]), ToNumber(info[1]), mapping);
    if (!status.ok()) {
      delete mapping;
      Check(info, status);
      return {};
    }
    return Napi::ArrayBuffer::New(
        info.Env(), (*mapping)->data(), (*mapping)->bytes(),
        [](Napi::Env, void*, std::shared_ptr<Mapping>* owner) { delete owner; }, mapping);
  }

  void CheckAlive(const Napi::CallbackInfo& info) { Check(info, storage_->CheckAlive()); }
  Napi::Value DoRace(const Napi::CallbackInfo& info) {
    return Napi::String::New(info.Env(), Race(*storage_, static_cast<uint32_t>(ToNumber(info[0]))));
  }

  Napi::Value WriteWithoutSystemCalls(const Napi::CallbackInfo& info) {
    const std::vector<uint8_t> line(64, 5);
    const bool durable = info[0].ToBoolean();
    Status status;
    WithoutSystemCalls([&] {
      status = durable ? storage_->WriteDurable(Stream::kJournal, 64, line.data(), line.size())
                       : storage_->Write(Stream::kJournal, 64, line.data(), line.size());
      if (status.ok() && storage_->is_memory()) status = storage_->FlushAll(Stream::kJournal);
    });
    return Napi::String::New(info.Env(), status.detail());
  }

  void Close(const Napi::CallbackInfo&) { storage_.reset(); }

  std::unique_ptr<Storage> storage_;
};

// path, storage, durable, commits
Napi::Value DoCommitQuietly(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), CommitQuietly(info[0].As<Napi::String>(), info[1].As<Napi::String>(),
                                                     info[2].ToBoolean(), ToNumber(info[3])));
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  Napi::Array names = Napi::Array::New(env);
  for (const Persistence& way : Persistences()) names.Set(names.Length(), way.name);
  exports.Set("persistences", names);
  exports.Set("Storage", Handle::Define(env));
  exports.Set("commitQuietly", Napi::Function::New<DoCommitQuietly>(env));
  return exports;
}

}  // namespace
}  // namespace fams

static Napi::Object InitAddon(Napi::Env env, Napi::Object exports) { return fams::Init(env, exports); }

NODE_API_MODULE(fams_storage_test, InitAddon)
