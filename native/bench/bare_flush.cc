// What the kernel charges for durability with nothing of fams around it, as the limits that benchmarks
// compare with: records appended to a preallocated, zero-written file, each flushed before the call returns,
// and msync(2) of dirty pages of a shared mapping. Values change at every call, so that no layer below can
// skip a write.

#include <fcntl.h>
#include <napi.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

constexpr size_t kPage = 4096;
constexpr size_t kLine = 64;
constexpr size_t kZeroChunk = 1 << 20;

void ThrowErrno(Napi::Env env, const char* call) {
  std::string message = std::string(call) + ": " + std::strerror(errno);
  Napi::Error::New(env, message).ThrowAsJavaScriptException();
}

// Creates a file whose blocks are allocated and written, as a journal's are: overwriting them changes no
// metadata.
int CreateZeroed(const std::string& path, size_t bytes) {
  int fd = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return -1;
  std::string zeros(kZeroChunk, '\0');
  for (size_t at = 0; at < bytes;) {
    ssize_t written = pwrite(fd, zeros.data(), std::min(zeros.size(), bytes - at), static_cast<off_t>(at));
    if (written < 0) return -1;
    at += static_cast<size_t>(written);
  }
  return fsync(fd) == 0 ? fd : -1;
}

// A file that records are appended to, one flush each; at its end it starts over.
class BareJournal : public Napi::ObjectWrap<BareJournal> {
 public:
  static Napi::Function Define(Napi::Env env) {
    return DefineClass(
        env, "BareJournal",
        {InstanceMethod<&BareJournal::Append>("append"), InstanceMethod<&BareJournal::Close>("close")});
  }

  // path, bytes, way: "fdatasync" | "dsync" | "direct"
  explicit BareJournal(const Napi::CallbackInfo& info) : Napi::ObjectWrap<BareJournal>(info) {
    std::string path = info[0].As<Napi::String>();
    bytes_ = static_cast<size_t>(info[1].As<Napi::Number>().Int64Value());
    std::string way = info[2].As<Napi::String>();
    dsync_ = way != "fdatasync";
    fd_ = CreateZeroed(path, bytes_);
    if (fd_ >= 0 && way == "direct") {
      close(fd_);
      fd_ = open(path.c_str(), O_RDWR | O_DIRECT | O_CLOEXEC);
    }
    record_ = static_cast<char*>(std::aligned_alloc(kPage, bytes_));
    if (fd_ < 0 || record_ == nullptr)
      ThrowErrno(info.Env(), "create");
    else
      std::memset(record_, 0, bytes_);
  }

  ~BareJournal() override {
    if (fd_ >= 0) close(fd_);
    std::free(record_);
  }

 private:
  // length: bytes of the record, a multiple of 4096
  void Append(const Napi::CallbackInfo& info) {
    size_t length = info[0].As<Napi::Number>().Uint32Value();
    if (length > bytes_) {
      errno = EFBIG;
      return ThrowErrno(info.Env(), "append");
    }
    if (position_ + length > bytes_) position_ = 0;
    count_++;
    for (size_t at = 0; at < length; at += kLine) std::memcpy(record_ + at, &count_, sizeof count_);
    iovec part = {record_, length};
    ssize_t written = pwritev2(fd_, &part, 1, static_cast<off_t>(position_), dsync_ ? RWF_DSYNC : 0);
    if (written != static_cast<ssize_t>(length)) return ThrowErrno(info.Env(), "pwritev2");
    if (!dsync_ && fdatasync(fd_) != 0) return ThrowErrno(info.Env(), "fdatasync");
    position_ += length;
  }

  void Close(const Napi::CallbackInfo&) {
    close(fd_);
    fd_ = -1;
  }

  int fd_ = -1;
  bool dsync_ = false;
  size_t bytes_ = 0;
  size_t position_ = 0;
  uint64_t count_ = 0;
  char* record_ = nullptr;
};

// A file mapped MAP_SHARED and made durable by msync(2).
class SharedMapping : public Napi::ObjectWrap<SharedMapping> {
 public:
  static Napi::Function Define(Napi::Env env) {
    return DefineClass(
        env, "SharedMapping",
        {InstanceMethod<&SharedMapping::Dirty>("dirty"), InstanceMethod<&SharedMapping::Sync>("sync"),
         InstanceMethod<&SharedMapping::Close>("close")});
  }

  // path, bytes
  explicit SharedMapping(const Napi::CallbackInfo& info) : Napi::ObjectWrap<SharedMapping>(info) {
    bytes_ = static_cast<size_t>(info[1].As<Napi::Number>().Int64Value());
    int fd = CreateZeroed(info[0].As<Napi::String>(), bytes_);
    void* mapped = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (mapped == MAP_FAILED)
      ThrowErrno(info.Env(), "create");
    else
      data_ = static_cast<char*>(mapped);
    if (fd >= 0) close(fd);
  }

  ~SharedMapping() override { Unmap(); }

 private:
  // pages: Uint32Array of page numbers; one word of each is changed
  void Dirty(const Napi::CallbackInfo& info) {
    auto pages = info[0].As<Napi::Uint32Array>();
    count_++;
    for (size_t i = 0; i < pages.ElementLength(); i++)
      std::memcpy(data_ + pages[i] * kPage, &count_, sizeof count_);
  }

  void Sync(const Napi::CallbackInfo& info) {
    if (msync(data_, bytes_, MS_SYNC) != 0) ThrowErrno(info.Env(), "msync");
  }

  void Close(const Napi::CallbackInfo&) { Unmap(); }

  void Unmap() {
    if (data_ != nullptr) munmap(data_, bytes_);
    data_ = nullptr;
  }

  size_t bytes_ = 0;
  uint64_t count_ = 0;
  char* data_ = nullptr;
};

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  exports.Set("BareJournal", BareJournal::Define(env));
  exports.Set("SharedMapping", SharedMapping::Define(env));
  return exports;
}

}  // namespace

NODE_API_MODULE(fams_bench, Init)
