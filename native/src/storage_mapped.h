// Storage whose medium is memory: the whole file is mapped, and what is stored and fenced is durable.
#pragma once

#include <atomic>
#include <chrono>

#include "address_window.h"
#include "file_backed.h"
#include "persist.h"

namespace fams {

class MappedStorage : public FileBacked {
 public:
  // How the file is mapped. The first call, before any other.
  Status Begin(int map_flags, bool read_only);

  uint32_t write_unit() const final;
  bool is_memory() const final { return !persistence_.system_calls; }
  Status Read(uint64_t offset, void* data, size_t bytes) final;
  Status ReadMedium(uint64_t offset, void* data, size_t bytes) final;
  Status Write(Stream stream, uint64_t offset, const void* data, size_t bytes) final;
  Status WriteDurable(Stream stream, uint64_t offset, const void* data, size_t bytes) final;
  Status FlushAll(Stream stream) final;
  Status Allocate(uint64_t offset, uint64_t bytes) final;
  Status PrepareJournal(uint64_t offset, uint64_t bytes) final;
  Status ForgetJournal(uint64_t, uint64_t) final { return {}; }
  Status WriteBack(uint64_t, uint64_t) final { return {}; }
  Status Truncate(uint64_t bytes) final;

 protected:
  MappedStorage(FileDescriptor file, const struct stat& info, const Persistence& persistence)
      : FileBacked(std::move(file), info), persistence_(persistence) {}

  using Clock = std::chrono::steady_clock;
  // Reaching these bytes begins now. Until when does the medium take for it?
  virtual Clock::time_point Reach(uint64_t, uint64_t) { return {}; }

 private:
  Status ShowUpTo(uint64_t end);
  Status RequireShown(uint64_t offset, uint64_t bytes) const;
  template <typename Touch>
  bool Access(uint64_t offset, size_t bytes, const Touch& touch);

  const Persistence persistence_;
  AddressWindow window_;
  int protection_ = 0;
  int map_flags_ = 0;
  std::atomic<uint64_t> shown_{0};  // so much of the file is mapped
  // Its length has changed, which no fence makes durable. Its blocks are, with MAP_SYNC, before a store is
  // let through.
  std::atomic<bool> reshaped_{false};
};

}  // namespace fams
