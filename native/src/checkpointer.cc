#include "checkpointer.h"

#include <algorithm>
#include <chrono>

#include "clock.h"
#include "segments.h"
#include "superblock.h"

namespace fams {
namespace {

constexpr uint64_t kLongestSegment = 8 * kMiB;
constexpr uint64_t kZeroedBytes = kMiB;
// Of a commit that finds the journal all but full.
constexpr auto kLongestDelay = std::chrono::microseconds(4000);

uint64_t RegularBytes(const Superblock& superblock) {
  uint64_t bytes = 0;
  for (const Segment& segment : AllSegments(superblock))
    if (!segment.temporary) bytes += segment.bytes;
  return bytes;
}

bool HasTemporary(const Superblock& superblock) {
  const std::vector<Segment> segments = AllSegments(superblock);
  return std::any_of(segments.begin(), segments.end(), [](const Segment& s) { return s.temporary != 0; });
}

}  // namespace

Checkpointer::Checkpointer(Shared* shared, uint64_t max_journal)
    : shared_(shared), max_journal_(max_journal) {}

uint64_t Checkpointer::journal_bytes() const { return RegularBytes(shared_->superblock); }

bool Checkpointer::Start() {
  return thread_.started() || thread_.Start([this] { Run(); });
}

void Checkpointer::Request(bool everything) {
  requested_ = true;
  everything_ |= everything;
  Start();
  wake_.notify_one();
}

void Checkpointer::Appended() {
  const uint64_t entered = shared_->journal->boundary().position;
  if (entered == entered_) return;
  entered_ = entered;
  if (shared_->journal->FreeBytes() * 2 < journal_bytes()) Request();
}

Status Checkpointer::MakeRoom(Lock& lock, uint64_t bytes) {
  const uint64_t begins_later = begun_ + 1, done = done_, start = Nanoseconds();
  needed_ = bytes;
  Request();
  // Without a thread of its own it is done on this one.
  if (!thread_.started()) RunRound(lock);
  // A round that knows of the need may empty the journal altogether: it must have ended before anyone
  // appends.
  ended_.wait(lock, [&] { return (done_ != done && !running_) || stop_; });
  needed_ = 0;
  shared_->stats.delays++;
  shared_->stats.delay_ns += Nanoseconds() - start;
  return done_ < begins_later ? shared_->Usable() : round_;
}

bool Checkpointer::IsNearlyFull() const {
  return running_ && shared_->journal->FreeBytes() * 4 < journal_bytes();
}

void Checkpointer::Delay(Lock& lock) {
  if (!IsNearlyFull()) return;
  const double full =
      1 - static_cast<double>(shared_->journal->FreeBytes()) * 4 / static_cast<double>(journal_bytes());
  const uint64_t start = Nanoseconds(), done = done_;
  ended_.wait_for(lock, kLongestDelay * full, [&] { return done_ != done || stop_; });
  shared_->stats.delays++;
  shared_->stats.delay_ns += Nanoseconds() - start;
}

void Checkpointer::WaitForNext(Lock& lock) {
  const uint64_t target = begun_ + 1;
  Request(true);
  if (!thread_.started()) RunRound(lock);
  ended_.wait(lock, [&] { return done_ >= target || stop_; });
}

void Checkpointer::Hold(Lock& lock) {
  holds_++;
  ended_.wait(lock, [&] { return !running_; });
}

void Checkpointer::Release() {
  const Lock lock(shared_->mutex);
  holds_--;
  wake_.notify_one();
  ended_.notify_all();
}

void Checkpointer::WaitForRelease() {
  Lock lock(shared_->mutex);
  ended_.wait(lock, [&] { return holds_ == 0; });
}

void Checkpointer::Stop() {
  {
    const Lock lock(shared_->mutex);
    stop_ = true;
    wake_.notify_all();
    ended_.notify_all();
  }
  thread_.Join();
}

void Checkpointer::Run() {
  Lock lock(shared_->mutex);
  for (;;) {
    wake_.wait(lock, [&] { return stop_ || (requested_ && holds_ == 0); });
    if (stop_) return;
    RunRound(lock);
  }
}

void Checkpointer::RunRound(Lock& lock) {
  ended_.wait(lock, [&] { return holds_ == 0 && !running_; });
  requested_ = false;
  running_ = true;
  begun_++;
  round_ = shared_->Usable();
  if (round_.ok()) round_ = Round(lock);
  if (!round_.ok() && round_.code() != code::kNoSpace) round_ = shared_->Poison(round_);
  running_ = false;
  done_ = begun_;
  ended_.notify_all();
}

// Whoever waits for room appends nothing meanwhile, so that the journal may be emptied altogether for it.
Status Checkpointer::Round(Lock& lock) {
  const bool everything = std::exchange(everything_, false);
  if (everything && !shared_->append_waits) FAMS_TRY(shared_->journal->LeaveSegment(shared_->durable));
  // First, for commits go on meanwhile. Twice as long each time: the journal has been half full.
  const uint64_t doubled = 2 * journal_bytes();
  for (uint64_t before = 0; before != journal_bytes() && journal_bytes() < doubled;) {
    before = journal_bytes();
    FAMS_TRY(Grow(lock));
  }
  FAMS_TRY(RetireSegments(lock));
  if (needed_ == 0 || needed_ <= shared_->journal->LongestFree()) return {};
  if (shared_->journal->next_record() != shared_->superblock.next_record) FAMS_TRY(Everything(lock, false));
  return AddSegmentFor(lock, needed_);
}

Status Checkpointer::RetireSegments(Lock& lock) {
  const Boundary cut = shared_->journal->boundary();
  if (cut.position == shared_->superblock.replay_position) return {};
  Superblock next = shared_->superblock;
  Retire(&next, cut.position);
  next.next_record = cut.next_record;
  next.chain = cut.chain;
  Pacer pacer(shared_->storage.get());
  return Advance(lock, cut, next, &pacer);
}

Status Checkpointer::Everything(Lock& lock, bool clean) {
  FAMS_TRY(shared_->journal->Flush());
  const Boundary cut = shared_->journal->end();
  Superblock next = shared_->superblock;
  Rebase(&next, AlignUp(cut.position, kGranule));
  next.next_record = cut.next_record;
  next.chain = cut.chain;
  next.clean = clean;
  FAMS_TRY(Advance(lock, cut, next, nullptr));
  shared_->journal->Restart();
  return {};
}

Status Checkpointer::Advance(Lock& lock, const Boundary& cut, Superblock next, Pacer* pacer) {
  const Superblock from = shared_->superblock;
  Boundary flushed = cut;
  const auto before_flush = [&](Boundary* end) {
    lock.lock();
    shared_->journal->StartBlock();
    *end = flushed = shared_->journal->end();
    const Status usable = shared_->Usable();
    lock.unlock();
    return usable;
  };
  CheckpointArguments arguments = {&from, cut, {}, !shared_->durable, before_flush, pacer};
  for (const Segment& segment : AllSegments(from))
    if (segment.start < cut.position) arguments.segments.push_back(segment);
  const uint64_t start = Nanoseconds();
  uint64_t bytes_written = 0;
  lock.unlock();
  const Status status = Checkpoint(*shared_->storage, *shared_->committed, arguments, &next, &bytes_written);
  const Status prepared = status.ok() ? PrepareAgain(arguments.segments) : Status();
  lock.lock();
  FAMS_TRY(status);
  shared_->superblock = next;
  shared_->journal->NoteFlushed(flushed);
  shared_->stats.checkpoints++;
  shared_->stats.checkpoint_bytes += bytes_written;
  shared_->stats.checkpoint_ns += Nanoseconds() - start;
  FAMS_TRY(prepared);
  return DropTail(lock, EndOfFile(from));
}

// Segments that were emptied are made ready to be stored to once more, while nobody does.
Status Checkpointer::PrepareAgain(const std::vector<Segment>& segments) {
  if (shared_->durable) return {};
  for (const Segment& segment : segments)
    if (!segment.temporary) FAMS_TRY(shared_->storage->PrepareJournal(segment.offset, segment.bytes));
  return {};
}

// What a large commit had to itself goes back to the file system.
Status Checkpointer::DropTail(Lock& lock, uint64_t old_end) {
  const uint64_t end = EndOfFile(shared_->superblock);
  if (end == old_end) return {};
  lock.unlock();
  Status status = shared_->storage->ForgetJournal(end, old_end - end);
  if (status.ok()) status = shared_->storage->Truncate(end);
  lock.lock();
  return status;
}

// One segment at a time, zeroed: overwriting written blocks is faster than filling allocated ones. A full
// disk is no failure, the journal only stays as short as it is.
Status Checkpointer::Grow(Lock& lock) {
  const uint64_t bytes = std::clamp(AlignUp(max_journal_ / 8, kGranule), kFirstSegmentBytes, kLongestSegment);
  const Superblock& superblock = shared_->superblock;
  if (no_space_ || journal_bytes() + bytes > max_journal_ + kFirstSegments * kFirstSegmentBytes) return {};
  // Behind a temporary segment it would keep the file from becoming shorter again.
  if (superblock.segment_count + 2 >= kMaxSegments || HasTemporary(superblock)) return {};
  const uint64_t end = EndOfFile(superblock);
  Superblock next = superblock;
  if (AddSegment(&next, bytes, false) == nullptr) return {};
  Storage& storage = *shared_->storage;
  lock.unlock();
  Status status = storage.Allocate(end, bytes);
  if (status.ok() && !shared_->durable) status = storage.PrepareJournal(end, bytes);
  no_space_ = status.code() == code::kNoSpace;
  if (no_space_) status = storage.Truncate(end);
  for (uint64_t at = 0; at < bytes && status.ok() && !no_space_; at += kZeroedBytes) {
    status = WriteZeros(storage, end + at, std::min(kZeroedBytes, bytes - at));
    if (status.ok()) status = storage.FlushAll(Stream::kJournal);
  }
  lock.lock();
  return !status.ok() || no_space_ ? status : Install(lock, next);
}

// A commit longer than any segment gets one of its own. The superblocks know of it before its first byte is
// written.
Status Checkpointer::AddSegmentFor(Lock& lock, uint64_t bytes) {
  Journal& journal = *shared_->journal;
  if (bytes <= std::max(journal.LongestFree(), journal.LeftHere())) return {};
  Superblock next = shared_->superblock;
  const uint64_t end = EndOfFile(next);
  const uint64_t length = AlignUp(bytes + 2 * next.block_bytes, kGranule);
  if (AddSegment(&next, length, true) == nullptr)
    return Status(code::kNoSpace, "the file has no place left for another segment of the journal");
  lock.unlock();
  Status status = shared_->storage->Allocate(end, length);
  if (status.code() == code::kNoSpace) {
    // Some of it may have been there.
    const Status cut = shared_->storage->Truncate(end);
    if (!cut.ok()) status = cut;
  } else if (status.ok()) {
    status = shared_->storage->FlushAll(Stream::kJournal);
  }
  lock.lock();
  return status.ok() ? Install(lock, next) : status;
}

Status Checkpointer::Install(Lock& lock, Superblock next) {
  lock.unlock();
  const Status status = WriteSuperblocks(*shared_->storage, &next);
  lock.lock();
  FAMS_TRY(status);
  shared_->superblock = next;
  return {};
}

Status Checkpointer::CheckpointAll(bool clean) {
  Lock lock(shared_->mutex);
  const Status status = Everything(lock, clean);
  return status.ok() ? status : shared_->Poison(status);
}

}  // namespace fams
