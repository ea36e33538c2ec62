#define _GNU_SOURCE
#include "include/fault_vfs.h"

#include "disk_image.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

struct fault_vfs {
  sqlite3_vfs base;
  sqlite3_vfs *real;
  pthread_mutex_t lock;
  char name[64];
  image *images;
  int64_t counts[8];
  int64_t matched;
  int64_t failures;
  char failed[160];
  int mask, kind, forever, dead;
  int64_t nth;
  uint64_t random;
};

typedef struct {
  sqlite3_file base;
  fault_vfs *vfs;
  image *image;
  const char *label;
  int syncs_folder;
  sqlite3_file *real;
} fault_file;

static const char *const call_names[] = {"open", "delete", "read", "write", "sync", "truncate", "shm", "lock"};

static const char *last_name(const char *path) {
  if (path == NULL) return "a temporary file";
  const char *slash = strrchr(path, '/');
  return slash == NULL ? path : slash + 1;
}

// MARK: - Choosing the call

// Counts a call, and says whether it is the one: -1, or how it ends.
static int chosen(fault_vfs *vfs, int call, const char *label) {
  int place = __builtin_ctz((unsigned)call);
  if (vfs->dead) return FAULT_POWER;
  vfs->counts[place] += 1;
  if (vfs->nth == 0 || (vfs->mask & call) == 0) return -1;
  vfs->matched += 1;
  if (vfs->matched != vfs->nth && !(vfs->forever && vfs->matched > vfs->nth)) return -1;
  vfs->failures += 1;
  snprintf(vfs->failed, sizeof vfs->failed, "%s %s", call_names[place], label);
  if (vfs->kind == FAULT_POWER) vfs->dead = 1;
  return vfs->kind;
}

static int is_dead(fault_vfs *vfs) {
  pthread_mutex_lock(&vfs->lock);
  int dead = vfs->dead;
  pthread_mutex_unlock(&vfs->lock);
  return dead;
}

static int count(fault_file *file, int call) {
  pthread_mutex_lock(&file->vfs->lock);
  int ending = chosen(file->vfs, call, file->label);
  pthread_mutex_unlock(&file->vfs->lock);
  return ending;
}

// MARK: - Files

static int file_close(sqlite3_file *base) {
  fault_file *file = (fault_file *)base;
  return file->real->pMethods == NULL ? SQLITE_OK : file->real->pMethods->xClose(file->real);
}

static int file_read(sqlite3_file *base, void *bytes, int amount, sqlite3_int64 offset) {
  fault_file *file = (fault_file *)base;
  if (count(file, FAULT_READ) >= 0) return SQLITE_IOERR_READ;
  return file->real->pMethods->xRead(file->real, bytes, amount, offset);
}

static int file_write(sqlite3_file *base, const void *bytes, int amount, sqlite3_int64 offset) {
  fault_file *file = (fault_file *)base;
  fault_vfs *vfs = file->vfs;
  pthread_mutex_lock(&vfs->lock);
  int ending = chosen(vfs, FAULT_WRITE, file->label);
  int length = amount;
  if (ending == FAULT_TORN || ending == FAULT_FULL) {
    length = (int)(next_random(&vfs->random) % (uint64_t)amount);
  } else if (ending >= 0) {
    length = 0;
  }
  int status = SQLITE_OK;
  if (length > 0) {
    status = file->real->pMethods->xWrite(file->real, bytes, length, offset);
    touch(file->image, offset, length);
  }
  pthread_mutex_unlock(&vfs->lock);
  if (ending < 0) return status;
  return ending == FAULT_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

static int file_truncate(sqlite3_file *base, sqlite3_int64 size) {
  fault_file *file = (fault_file *)base;
  if (count(file, FAULT_TRUNCATE) >= 0) return SQLITE_IOERR_TRUNCATE;
  sqlite3_int64 before = 0;
  int status = file->real->pMethods->xFileSize(file->real, &before);
  if (status == SQLITE_OK) status = file->real->pMethods->xTruncate(file->real, size);
  pthread_mutex_lock(&file->vfs->lock);
  touch(file->image, size, before - size);
  pthread_mutex_unlock(&file->vfs->lock);
  return status;
}

static int file_sync(sqlite3_file *base, int flags) {
  (void)flags;
  fault_file *file = (fault_file *)base;
  fault_vfs *vfs = file->vfs;
  pthread_mutex_lock(&vfs->lock);
  int ending = chosen(vfs, FAULT_SYNC, file->label);
  // The disk below is not asked: what is on it is what the image says.
  if (file->image != NULL && (ending < 0 || ending == FAULT_TORN)) {
    sync_image(file->image, ending == FAULT_TORN, &vfs->random);
    if (ending < 0 && file->syncs_folder) {
      sync_folder(vfs->images);
      file->syncs_folder = 0;
    }
  }
  pthread_mutex_unlock(&vfs->lock);
  return ending < 0 ? SQLITE_OK : SQLITE_IOERR_FSYNC;
}

static int file_size(sqlite3_file *base, sqlite3_int64 *size) {
  fault_file *file = (fault_file *)base;
  if (is_dead(file->vfs)) return SQLITE_IOERR_FSTAT;
  return file->real->pMethods->xFileSize(file->real, size);
}

static int file_lock(sqlite3_file *base, int level) {
  fault_file *file = (fault_file *)base;
  if (count(file, FAULT_LOCK) >= 0) return SQLITE_IOERR_LOCK;
  return file->real->pMethods->xLock(file->real, level);
}

static int file_unlock(sqlite3_file *base, int level) {
  fault_file *file = (fault_file *)base;
  return file->real->pMethods->xUnlock(file->real, level);
}

static int file_check_lock(sqlite3_file *base, int *is_reserved) {
  fault_file *file = (fault_file *)base;
  return file->real->pMethods->xCheckReservedLock(file->real, is_reserved);
}

static int file_control(sqlite3_file *base, int operation, void *argument) {
  fault_file *file = (fault_file *)base;
  // A hint makes the file longer outside of xWrite.
  if (operation == SQLITE_FCNTL_SIZE_HINT) return SQLITE_OK;
  return file->real->pMethods->xFileControl(file->real, operation, argument);
}

static int file_sector_size(sqlite3_file *base) {
  fault_file *file = (fault_file *)base;
  return file->real->pMethods->xSectorSize(file->real);
}

static int file_traits(sqlite3_file *base) {
  fault_file *file = (fault_file *)base;
  return file->real->pMethods->xDeviceCharacteristics(file->real);
}

static int file_map_shm(sqlite3_file *base, int page, int size, int extend, void volatile **memory) {
  fault_file *file = (fault_file *)base;
  if (count(file, FAULT_SHM) >= 0) return SQLITE_IOERR_SHMMAP;
  return file->real->pMethods->xShmMap(file->real, page, size, extend, memory);
}

static int file_lock_shm(sqlite3_file *base, int offset, int n, int flags) {
  fault_file *file = (fault_file *)base;
  if ((flags & SQLITE_SHM_LOCK) != 0 && count(file, FAULT_LOCK) >= 0) return SQLITE_IOERR_SHMLOCK;
  return file->real->pMethods->xShmLock(file->real, offset, n, flags);
}

static void file_shm_barrier(sqlite3_file *base) {
  fault_file *file = (fault_file *)base;
  file->real->pMethods->xShmBarrier(file->real);
}

static int file_unmap_shm(sqlite3_file *base, int deletes) {
  fault_file *file = (fault_file *)base;
  return file->real->pMethods->xShmUnmap(file->real, deletes);
}

// Version 2: SQLite must not read or write files as memory, which could not be counted.
static const sqlite3_io_methods file_methods = {
    2,
    file_close,
    file_read,
    file_write,
    file_truncate,
    file_sync,
    file_size,
    file_lock,
    file_unlock,
    file_check_lock,
    file_control,
    file_sector_size,
    file_traits,
    file_map_shm,
    file_lock_shm,
    file_shm_barrier,
    file_unmap_shm,
    NULL,
    NULL,
};

// MARK: - The file system

static int vfs_open(sqlite3_vfs *base, const char *path, sqlite3_file *opened, int flags, int *out_flags) {
  fault_vfs *vfs = (fault_vfs *)base;
  fault_file *file = (fault_file *)opened;
  memset(file, 0, sizeof *file);
  file->vfs = vfs;
  file->label = last_name(path);
  file->real = (sqlite3_file *)(file + 1);
  if (count(file, FAULT_OPEN) >= 0) return SQLITE_CANTOPEN;
  int existed = path != NULL && access(path, F_OK) == 0;
  int status = vfs->real->xOpen(vfs->real, path, file->real, flags, out_flags);
  if (status != SQLITE_OK) return status;
  if (path != NULL) {
    pthread_mutex_lock(&vfs->lock);
    file->image = open_image(&vfs->images, path, existed);
    pthread_mutex_unlock(&vfs->lock);
    // As the default file system does it: a new journal is synced together with its folder.
    int journals = SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL;
    file->syncs_folder = !existed && (flags & journals) != 0;
  }
  file->base.pMethods = &file_methods;
  return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *base, const char *path, int syncs_folder) {
  fault_vfs *vfs = (fault_vfs *)base;
  pthread_mutex_lock(&vfs->lock);
  int ending = chosen(vfs, FAULT_DELETE, last_name(path));
  int status = SQLITE_IOERR_DELETE;
  if (ending < 0) {
    status = vfs->real->xDelete(vfs->real, path, syncs_folder);
    image *gone = find_image(vfs->images, path);
    if (status == SQLITE_OK && gone != NULL) gone->deleted = 1;
    if (status == SQLITE_OK && syncs_folder) sync_folder(vfs->images);
  }
  pthread_mutex_unlock(&vfs->lock);
  return status;
}

static int vfs_access(sqlite3_vfs *base, const char *path, int flags, int *result) {
  fault_vfs *vfs = (fault_vfs *)base;
  if (is_dead(vfs)) return SQLITE_IOERR_ACCESS;
  return vfs->real->xAccess(vfs->real, path, flags, result);
}

static int vfs_full_path(sqlite3_vfs *base, const char *path, int room, char *result) {
  fault_vfs *vfs = (fault_vfs *)base;
  return vfs->real->xFullPathname(vfs->real, path, room, result);
}

static int vfs_randomness(sqlite3_vfs *base, int room, char *result) {
  fault_vfs *vfs = (fault_vfs *)base;
  return vfs->real->xRandomness(vfs->real, room, result);
}

static int vfs_sleep(sqlite3_vfs *base, int microseconds) {
  fault_vfs *vfs = (fault_vfs *)base;
  return vfs->real->xSleep(vfs->real, microseconds);
}

static int vfs_time(sqlite3_vfs *base, double *time) {
  fault_vfs *vfs = (fault_vfs *)base;
  return vfs->real->xCurrentTime(vfs->real, time);
}

static int vfs_last_error(sqlite3_vfs *base, int room, char *result) {
  fault_vfs *vfs = (fault_vfs *)base;
  return vfs->real->xGetLastError == NULL ? 0 : vfs->real->xGetLastError(vfs->real, room, result);
}

static int vfs_time_64(sqlite3_vfs *base, sqlite3_int64 *time) {
  fault_vfs *vfs = (fault_vfs *)base;
  return vfs->real->xCurrentTimeInt64(vfs->real, time);
}

fault_vfs *fault_vfs_register(const char *name) {
  if (sqlite3_initialize() != SQLITE_OK) return NULL;
  sqlite3_vfs *real = sqlite3_vfs_find(NULL);
  fault_vfs *vfs = calloc(1, sizeof *vfs);
  if (real == NULL || vfs == NULL) {
    free(vfs);
    return NULL;
  }
  snprintf(vfs->name, sizeof vfs->name, "%s", name);
  vfs->real = real;
  pthread_mutex_init(&vfs->lock, NULL);
  vfs->base.iVersion = 2;
  vfs->base.szOsFile = (int)sizeof(fault_file) + real->szOsFile;
  vfs->base.mxPathname = real->mxPathname;
  vfs->base.zName = vfs->name;
  vfs->base.xOpen = vfs_open;
  vfs->base.xDelete = vfs_delete;
  vfs->base.xAccess = vfs_access;
  vfs->base.xFullPathname = vfs_full_path;
  vfs->base.xRandomness = vfs_randomness;
  vfs->base.xSleep = vfs_sleep;
  vfs->base.xCurrentTime = vfs_time;
  vfs->base.xGetLastError = vfs_last_error;
  vfs->base.xCurrentTimeInt64 = vfs_time_64;
  if (sqlite3_vfs_register(&vfs->base, 0) != SQLITE_OK) {
    free(vfs);
    return NULL;
  }
  return vfs;
}

void fault_vfs_unregister(fault_vfs *vfs) {
  sqlite3_vfs_unregister(&vfs->base);
  forget_images(&vfs->images);
  pthread_mutex_destroy(&vfs->lock);
  free(vfs);
}

// MARK: - What tests say

void fault_vfs_reset(fault_vfs *vfs) {
  pthread_mutex_lock(&vfs->lock);
  memset(vfs->counts, 0, sizeof vfs->counts);
  vfs->matched = 0;
  vfs->failures = 0;
  vfs->failed[0] = 0;
  vfs->mask = vfs->kind = vfs->forever = vfs->dead = 0;
  vfs->nth = 0;
  pthread_mutex_unlock(&vfs->lock);
}

void fault_vfs_plan(fault_vfs *vfs, int mask, int64_t nth, int kind, int forever, uint64_t seed) {
  pthread_mutex_lock(&vfs->lock);
  vfs->mask = mask;
  vfs->nth = nth;
  vfs->kind = kind;
  vfs->forever = forever;
  vfs->random = seed;
  vfs->matched = 0;
  pthread_mutex_unlock(&vfs->lock);
}

int64_t fault_vfs_count(const fault_vfs *vfs, int mask) {
  int64_t sum = 0;
  for (int place = 0; place < 8; place++) {
    if (mask & (1 << place)) sum += vfs->counts[place];
  }
  return sum;
}

int64_t fault_vfs_failures(const fault_vfs *vfs) { return vfs->failures; }

const char *fault_vfs_failed(const fault_vfs *vfs) { return vfs->failed; }

void fault_vfs_cut_power(fault_vfs *vfs) {
  pthread_mutex_lock(&vfs->lock);
  vfs->dead = 1;
  pthread_mutex_unlock(&vfs->lock);
}

int64_t fault_vfs_crash(fault_vfs *vfs, uint64_t seed) {
  pthread_mutex_lock(&vfs->lock);
  int64_t lost = crash_images(vfs->images, seed);
  forget_images(&vfs->images);
  vfs->dead = 0;
  vfs->nth = 0;
  pthread_mutex_unlock(&vfs->lock);
  return lost;
}

int fault_fork(void) { return fork(); }
