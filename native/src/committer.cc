#include "committer.h"

#include <algorithm>

#include "clock.h"

namespace fams {
namespace {

constexpr uint64_t kTimedOneIn = 64;

}  // namespace

Committer::Lock Committer::TakeTurn() {
  Lock lock(shared_->mutex);
  shared_->turn.wait(lock, [&] { return !shared_->append_waits; });
  return lock;
}

// The group that takes so many more bytes. A full one is closed.
Group* Committer::OpenFor(uint64_t bytes) {
  if (open_ != nullptr && !open_->empty() && open_->bytes() + bytes > kMaxGroup)
    full_.push_back(std::move(open_));
  if (open_ == nullptr) open_ = spare_ != nullptr ? std::move(spare_) : std::make_unique<Group>();
  return open_.get();
}

Status Committer::Capture(const Lines& lines, const uint8_t* working) {
  const Lock lock(queue_);
  FAMS_TRY(failure_);
  Group* group = OpenFor(lines.record_bytes());
  if (!group->Add(lines, working)) return Status(code::kOutOfMemory, "no memory to gather a commit");
  group->ticket = ++captured_;
  waiting_bytes_ += lines.record_bytes();
  return {};
}

Status Committer::CaptureFlush() {
  const Lock lock(queue_);
  FAMS_TRY(failure_);
  Group* group = OpenFor(0);
  group->flush = true;
  group->ticket = ++captured_;
  return {};
}

Status Committer::Failure() {
  const Lock lock(queue_);
  return failure_;
}

void Committer::Kick() {
  {
    const Lock lock(queue_);
    const bool open = open_ != nullptr && !open_->empty();
    if (!open && full_.empty()) return;
    ready_ = open;
    if (!thread_.started()) thread_.Start([this] { Run(); });
  }
  if (thread_.started()) return wake_.notify_one();
  // The system has no thread to give. Whoever captured hears of a failure through TakeSettled.
  Lock lock = TakeTurn();
  (void)WriteWaiting(lock, true).ok();
}

std::unique_ptr<Group> Committer::Take(bool all) {
  const Lock lock(queue_);
  std::unique_ptr<Group> group;
  if (!full_.empty()) {
    group = std::move(full_.front());
    full_.pop_front();
  } else if (open_ != nullptr && !open_->empty() && (all || ready_)) {
    group = std::move(open_);
    ready_ = false;
  }
  return group;
}

Status Committer::TryCommit(const Lines& lines, const uint8_t* working, bool* done) {
  *done = false;
  Lock lock(shared_->mutex, std::try_to_lock);
  if (!lock.owns_lock() || shared_->append_waits || !idle()) return {};
  if (lines.record_bytes() > kMaxCapture || checkpointer_->IsNearlyFull()) return {};
  if (HasFailed()) return Failure();
  FAMS_TRY(shared_->Usable());
  const Status reserved = shared_->journal->Reserve(lines.record_bytes(), shared_->durable, done);
  if (!reserved.ok()) return shared_->Poison(reserved);
  return *done ? WriteLines(lock, lines, working) : Status();
}

Status Committer::Commit(const Lines& lines, const uint8_t* working) {
  Lock lock = TakeTurn();
  if (!idle()) FAMS_TRY(WriteWaiting(lock, true));
  if (HasFailed()) return Failure();
  return WriteLines(lock, lines, working);
}

Status Committer::Drain(const std::function<Status(Lock&)>& then) {
  Lock lock = TakeTurn();
  if (!idle()) FAMS_TRY(WriteWaiting(lock, true));
  if (HasFailed()) return Failure();
  return then(lock);
}

Status Committer::WriteWaiting(Lock& lock, bool all) {
  while (std::unique_ptr<Group> group = Take(all)) {
    const Status status = Write(lock, group.get());
    Settle(std::move(group), status);
    if (status.ok()) continue;
    while (std::unique_ptr<Group> later = Take(true)) Settle(std::move(later), status);
    return status;
  }
  return {};
}

void Committer::Settle(std::unique_ptr<Group> group, const Status& status) {
  {
    const Lock lock(queue_);
    const uint64_t ticket = group->ticket;
    news_.push_back({ticket, status});
    waiting_bytes_ -= group->bytes();
    if (!status.ok()) {
      failed_.push_back(std::move(group));
      failure_ = status;
      has_failed_.store(true, std::memory_order_relaxed);
    } else if (spare_ == nullptr) {
      group->Clear();
      spare_ = std::move(group);
    }
    // Whoever sees it settled sees the failure, too.
    settled_.store(ticket, std::memory_order_release);
  }
  notify_();
}

std::vector<Committer::Settled> Committer::TakeSettled() {
  const Lock lock(queue_);
  return std::exchange(news_, {});
}

std::vector<std::unique_ptr<Group>> Committer::TakeFailed() {
  const Lock lock(queue_);
  has_failed_.store(false, std::memory_order_relaxed);
  failure_ = {};
  return std::exchange(failed_, {});
}

Status Committer::WriteLines(Lock& lock, const Lines& lines, const uint8_t* working) {
  if (lines.record_bytes() > kMaxCapture) return WriteLarge(lock, lines, working);
  scratch_.Clear();
  if (!scratch_.Add(lines, working)) return Status(code::kOutOfMemory, "no memory to gather a commit");
  return Write(lock, &scratch_);
}

// Waits, if it must, for a checkpoint or for a longer journal. Nobody else may append meanwhile: the lock is
// let go of, but not the turn.
Status Committer::Room(Lock& lock, uint64_t bytes) {
  shared_->append_waits = true;
  const Status found = FindRoom(lock, bytes);
  shared_->append_waits = false;
  shared_->turn.notify_all();
  return found;
}

Status Committer::FindRoom(Lock& lock, uint64_t bytes) {
  checkpointer_->Delay(lock);
  for (;;) {
    FAMS_TRY(shared_->Usable());
    bool found = false;
    const Status reserved = shared_->journal->Reserve(bytes, shared_->durable, &found);
    if (!reserved.ok()) return shared_->Poison(reserved);
    if (found) return {};
    FAMS_TRY(checkpointer_->MakeRoom(lock, bytes));
  }
}

Status Committer::Write(Lock& lock, Group* group) {
  FAMS_TRY(shared_->Usable());
  Journal& journal = *shared_->journal;
  if (group->bytes() > 0) {
    const uint64_t start = StartTiming();
    FAMS_TRY(Room(lock, group->bytes()));
    const uint64_t position = journal.head();
    uint64_t offset = 0, lines = 0;
    const Status appended = journal.Append(group, shared_->durable, &offset);
    if (!appended.ok()) return shared_->Poison(appended);
    for (const Group::Commit& commit : group->commits()) {
      const uint64_t lines_at = commit.at + sizeof(RecordHeader) + RunTableBytes(commit.run_count);
      Indexed(group->runs(commit), commit.run_count, offset + lines_at);
      lines += commit.line_count;
    }
    Count(group->commits().size(), lines, position, start);
  }
  if (!group->flush) return {};
  const Status flushed = journal.Flush();
  return flushed.ok() ? flushed : shared_->Poison(flushed);
}

Status Committer::WriteLarge(Lock& lock, const Lines& lines, const uint8_t* working) {
  const uint64_t start = StartTiming();
  FAMS_TRY(shared_->Usable());
  FAMS_TRY(Room(lock, lines.record_bytes()));
  const uint64_t position = shared_->journal->head();
  uint64_t offset = 0;
  const Status appended = shared_->journal->AppendLarge(lines, working, &pieces_, shared_->durable, &offset);
  if (!appended.ok()) return shared_->Poison(appended);
  Indexed(lines.runs.data(), lines.runs.size(), offset);
  Count(1, lines.numbers.size(), position, start);
  return {};
}

// Where no medium is waited for, looking at the clock costs a tenth of the commit: one in many is timed.
uint64_t Committer::StartTiming() const {
  const bool waits = shared_->durable && !shared_->storage->is_memory();
  return waits || shared_->stats.groups % kTimedOneIn == 0 ? Nanoseconds() : 0;
}

void Committer::Indexed(const uint64_t* runs, uint64_t count, uint64_t offset) {
  for (uint64_t i = 0; i < count; i++) {
    shared_->committed->Set(RunLine(runs[i]), RunCount(runs[i]), offset);
    offset += RunCount(runs[i]) * kLineBytes;
  }
}

void Committer::Count(uint64_t commits, uint64_t lines, uint64_t position, uint64_t start) {
  Stats& stats = shared_->stats;
  stats.commits += commits;
  stats.lines += lines;
  stats.groups++;
  stats.largest_group = std::max(stats.largest_group, commits);
  stats.flushes += shared_->durable;
  stats.journal_bytes += shared_->journal->head() - position;
  if (start != 0) stats.write.Record(Nanoseconds() - start);
  checkpointer_->Appended();
}

void Committer::Run() {
  for (;;) {
    {
      Lock lock(queue_);
      wake_.wait(lock, [&] { return stop_ || ready_ || !full_.empty(); });
      if (stop_ && full_.empty() && (open_ == nullptr || open_->empty())) return;
      ready_ |= stop_;
    }
    Lock lock = TakeTurn();
    // Whoever captured hears of a failure through TakeSettled.
    (void)WriteWaiting(lock, false).ok();
  }
}

void Committer::Stop() {
  Kick();
  {
    const Lock lock(queue_);
    stop_ = true;
  }
  wake_.notify_one();
  thread_.Join();
}

}  // namespace fams
