// A file system for SQLite that fails where it is told to. It lies over the default one, under a name of its own, so that
// every test can have one for itself: open `file:PATH?vfs=NAME`.
#ifndef PAYG_FAULT_VFS_H
#define PAYG_FAULT_VFS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct fault_vfs fault_vfs;

// What SQLite asks of a file system. Together they are a mask: FAULT_WRITE | FAULT_SYNC.
enum {
  FAULT_OPEN = 1,
  FAULT_DELETE = 2,
  FAULT_READ = 4,
  FAULT_WRITE = 8,
  FAULT_SYNC = 16,
  FAULT_TRUNCATE = 32,
  FAULT_SHM = 64,
  FAULT_LOCK = 128,
  // Everything that changes a disk, or asks that changes be on it.
  FAULT_CHANGES = FAULT_DELETE | FAULT_WRITE | FAULT_SYNC | FAULT_TRUNCATE,
};

// What happens to the call that was chosen.
enum {
  // It fails and has done nothing.
  FAULT_FAILS = 0,
  // It fails after having done a part: a write writes some of its bytes, a sync syncs some of the sectors.
  FAULT_TORN = 1,
  // There is no room: SQLITE_FULL from a write; other calls fail.
  FAULT_FULL = 2,
  // It fails, and from then on so does every call: the machine has no power. See fault_vfs_crash.
  FAULT_POWER = 3,
};

// Makes a file system of this name over the default one; null where SQLite has no memory for it.
fault_vfs *fault_vfs_register(const char *name);
// Takes it away again. No connection may use it any more.
void fault_vfs_unregister(fault_vfs *vfs);

// Forgets the plan and sets all counts to zero.
void fault_vfs_reset(fault_vfs *vfs);

// From now on the `nth` call of the mask, counted from 1, ends so; `forever`: it and every later one of the mask.
// The seed chooses the part of a torn call.
void fault_vfs_plan(fault_vfs *vfs, int mask, int64_t nth, int kind, int forever, uint64_t seed);

// How many calls of the mask there were since the last reset.
int64_t fault_vfs_count(const fault_vfs *vfs, int mask);
// How often a call was made to fail since the last reset.
int64_t fault_vfs_failures(const fault_vfs *vfs);
// The name of the last call that was made to fail and of its file: `write store.payg-wal`; empty for none.
const char *fault_vfs_failed(const fault_vfs *vfs);

// Ends the power: every later call fails, save those that close and unlock.
void fault_vfs_cut_power(fault_vfs *vfs);

// Leaves on the disk what a machine may find after its power is back: everything that was synced, and of the rest whatever
// the seed chooses, sector by sector, some of them torn. Files that were made and never synced may be gone, and those that
// were deleted without a sync of the folder may be back. All connections must be closed. The file system can be used again.
// Returns how many sectors were lost or torn, or -1 where a file could not be written.
int64_t fault_vfs_crash(fault_vfs *vfs, uint64_t seed);

// Makes a process like this one, as fork(2), which Swift keeps from its users: 0 in the new one. Only for a program that
// has started no threads.
int fault_fork(void);

#ifdef __cplusplus
}
#endif

#endif
