// The test build's storage: the real one, with faults at chosen calls.
//
//     FAMS_FAULT=<operation>:<n>:<fault>[,<operation>:<n>:<fault>...]
//
// The n-th call (from 1) of the operation (write, writeDurable, flushAll, allocate, prepareJournal,
// writeBack, truncate, checkAlive, or any), counted since the file was opened or created, fails with the
// errno `fault`, or kills the process before (`kill-before`) or after (`kill-after`) the call, as SIGKILL
// does, or takes so many milliseconds longer (`delay-50`). With a `+` behind n every later call does so as
// well. Of several faults at one call all delays happen, and then the first of the others. FAMS_FAULT_TRACE
// names a file to which each call adds a line with its operation.

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <sstream>
#include <string>
#include <thread>

#include "file_descriptor.h"
#include "storage.h"

namespace fams {
namespace {

struct Fault {
  std::string operation;
  uint64_t call = 0;
  bool for_ever = false;
  std::string what;
  int delay_ms = 0;
  std::atomic<uint64_t> calls{0};

  explicit Fault(const std::string& text) {
    const size_t first = text.find(':'), second = text.find(':', first + 1);
    operation = text.substr(0, first);
    call = std::strtoull(text.c_str() + first + 1, nullptr, 10);
    for_ever = text[second - 1] == '+';
    what = text.substr(second + 1);
    if (what.rfind("delay-", 0) == 0) delay_ms = std::atoi(what.c_str() + 6);
  }

  bool Concerns(const char* name) const { return operation == "any" || operation == name; }
  // Counts a call, and tells whether it is one that this fault is for.
  bool Strikes(const char* name) {
    if (!Concerns(name)) return false;
    const uint64_t now = ++calls;
    return for_ever ? now >= call : now == call;
  }
};

std::deque<Fault> FaultsFromEnvironment() {
  std::deque<Fault> faults;
  const char* given = std::getenv("FAMS_FAULT");
  std::istringstream list(given == nullptr ? "" : given);
  for (std::string text; std::getline(list, text, ',');) faults.emplace_back(text);
  return faults;
}

int ErrnoOf(const std::string& name) {
  if (name == "ENOSPC") return ENOSPC;
  if (name == "EDQUOT") return EDQUOT;
  if (name == "ENOMEM") return ENOMEM;
  return EIO;
}

// As the real storage says it: only allocating can run out of space in a way that leaves nothing behind.
Status Failure(const std::string& operation, const std::string& what) {
  if (operation == "allocate" || operation == "prepareJournal")
    return FromErrno(ErrnoOf(what), operation.c_str());
  errno = ErrnoOf(what);
  return IoError(operation.c_str());
}

void Trace(const std::string& operation) {
  const char* path = std::getenv("FAMS_FAULT_TRACE");
  if (path == nullptr) return;
  const FileDescriptor file(open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666));
  const std::string line = operation + "\n";
  if (write(file.get(), line.data(), line.size()) < 0) std::abort();
}

class FaultyStorage final : public Storage {
 public:
  explicit FaultyStorage(std::unique_ptr<Storage> real)
      : real_(std::move(real)), faults_(FaultsFromEnvironment()) {
    for (const Fault& fault : faults_) reads_ |= fault.operation == "read";
  }

  StorageKind kind() const override { return real_->kind(); }
  uint32_t write_unit() const override { return real_->write_unit(); }
  bool is_memory() const override { return real_->is_memory(); }
  DeviceCounters counters() const override { return real_->counters(); }
  uint64_t Size() const override { return real_->Size(); }
  Status Read(uint64_t offset, void* data, size_t bytes) override {
    if (!reads_) return real_->Read(offset, data, bytes);
    return Try("read", [&] { return real_->Read(offset, data, bytes); });
  }
  Status ReadMedium(uint64_t offset, void* data, size_t bytes) override {
    return real_->ReadMedium(offset, data, bytes);
  }
  Status MapPrivate(uint64_t offset, uint64_t bytes, std::shared_ptr<Mapping>* mapping) override {
    return real_->MapPrivate(offset, bytes, mapping);
  }
  Status MapShared(uint64_t offset, uint64_t bytes, std::shared_ptr<Mapping>* mapping) override {
    return real_->MapShared(offset, bytes, mapping);
  }
  Status Write(Stream stream, uint64_t offset, const void* data, size_t bytes) override {
    return Try("write", [&] { return real_->Write(stream, offset, data, bytes); });
  }
  Status WriteDurable(Stream stream, uint64_t offset, const void* data, size_t bytes) override {
    return Try("writeDurable", [&] { return real_->WriteDurable(stream, offset, data, bytes); });
  }
  Status FlushAll(Stream stream) override {
    return Try("flushAll", [&] { return real_->FlushAll(stream); });
  }
  Status Allocate(uint64_t offset, uint64_t bytes) override {
    return Try("allocate", [&] { return real_->Allocate(offset, bytes); });
  }
  Status PrepareJournal(uint64_t offset, uint64_t bytes) override {
    return Try("prepareJournal", [&] { return real_->PrepareJournal(offset, bytes); });
  }
  Status ForgetJournal(uint64_t offset, uint64_t bytes) override {
    return real_->ForgetJournal(offset, bytes);
  }
  Status WriteBack(uint64_t offset, uint64_t bytes) override {
    return Try("writeBack", [&] { return real_->WriteBack(offset, bytes); });
  }
  Status Truncate(uint64_t bytes) override {
    return Try("truncate", [&] { return real_->Truncate(bytes); });
  }
  Status CheckAlive() override {
    return Try("checkAlive", [&] { return real_->CheckAlive(); });
  }

 private:
  template <typename Operation>
  Status Try(const char* name, Operation operation) {
    Trace(name);
    const std::string* what = nullptr;
    for (Fault& fault : faults_) {
      if (!fault.Strikes(name)) continue;
      if (fault.delay_ms > 0) {
        std::this_thread::sleep_for(std::chrono::milliseconds(fault.delay_ms));
      } else if (what == nullptr) {
        what = &fault.what;
      }
    }
    if (what == nullptr) return operation();
    if (*what == "kill-before") kill(getpid(), SIGKILL);
    if (*what == "kill-after") {
      const Status done = operation();
      kill(getpid(), SIGKILL);
      return done;
    }
    return Failure(name, *what);
  }

  std::unique_ptr<Storage> real_;
  std::deque<Fault> faults_;
  bool reads_ = false;
};

}  // namespace

std::unique_ptr<Storage> Decorate(std::unique_ptr<Storage> storage) {
  return std::make_unique<FaultyStorage>(std::move(storage));
}

}  // namespace fams
