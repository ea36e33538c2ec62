#define _GNU_SOURCE
#include "disk_image.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

// The least a disk writes at once.
enum { SECTOR = 512 };

uint64_t next_random(uint64_t *state) {
  uint64_t mixed = (*state += 0x9e3779b97f4a7c15ULL);
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9ULL;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebULL;
  return mixed ^ (mixed >> 31);
}

image *find_image(image *first, const char *path) {
  for (image *found = first; found != NULL; found = found->next) {
    if (strcmp(found->path, path) == 0) return found;
  }
  return NULL;
}

static void drop_ghost(image *image) {
  free(image->ghost);
  image->ghost = NULL;
  image->ghost_size = 0;
  image->has_ghost = 0;
}

void forget_images(image **first) {
  while (*first != NULL) {
    image *gone = *first;
    *first = gone->next;
    drop_ghost(gone);
    free(gone->durable);
    free(gone->dirty);
    free(gone->path);
    free(gone);
  }
}

static void *must(void *memory) {
  if (memory == NULL) abort();
  return memory;
}

void touch(image *image, int64_t offset, int64_t amount) {
  if (image == NULL || amount <= 0) return;
  int64_t end = (offset + amount + SECTOR - 1) / SECTOR;
  if (end > image->sectors) {
    int64_t room = end * 2;
    image->dirty = must(realloc(image->dirty, (size_t)room));
    memset(image->dirty + image->sectors, 0, (size_t)(room - image->sectors));
    image->sectors = room;
  }
  for (int64_t sector = offset / SECTOR; sector < end; sector++) image->dirty[sector] = 1;
}

// Reads a whole file as it is now; the caller frees. Null for a file that is not there.
static unsigned char *contents(const char *path, int64_t *size) {
  *size = 0;
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return NULL;
  int64_t length = lseek(file, 0, SEEK_END);
  unsigned char *bytes = must(malloc(length > 0 ? (size_t)length : 1));
  int64_t done = 0;
  while (done < length) {
    ssize_t part = pread(file, bytes + done, (size_t)(length - done), done);
    if (part <= 0) break;
    done += part;
  }
  close(file);
  *size = done;
  return bytes;
}

image *open_image(image **first, const char *path, int existed) {
  image *found = find_image(*first, path);
  if (found != NULL) {
    if (found->deleted && !existed) {
      // A new file under the name of one whose end is not on the disk yet.
      drop_ghost(found);
      if (found->linked) {
        found->ghost = found->durable;
        found->ghost_size = found->size;
        found->has_ghost = 1;
      } else {
        free(found->durable);
      }
      found->durable = NULL;
      found->size = 0;
      found->linked = 0;
      if (found->sectors > 0) memset(found->dirty, 0, (size_t)found->sectors);
    }
    found->deleted = 0;
    return found;
  }
  found = must(calloc(1, sizeof(image)));
  found->path = must(strdup(path));
  found->linked = existed;
  if (existed) found->durable = contents(path, &found->size);
  found->next = *first;
  *first = found;
  return found;
}

void sync_folder(image *first) {
  for (image *each = first; each != NULL; each = each->next) {
    drop_ghost(each);
    each->linked = !each->deleted;
  }
}

void sync_image(image *image, int torn, uint64_t *random) {
  int64_t size = 0;
  unsigned char *now = contents(image->path, &size);
  if (now == NULL) return;
  int64_t room = size > image->size ? size : image->size;
  unsigned char *merged = must(calloc(1, room > 0 ? (size_t)room : 1));
  if (image->size > 0) memcpy(merged, image->durable, (size_t)image->size);
  int64_t kept_size = torn && next_random(random) % 2 ? image->size : size;
  for (int64_t sector = 0; sector < image->sectors; sector++) {
    if (!image->dirty[sector]) continue;
    image->dirty[sector] = 0;
    if (torn && next_random(random) % 2) continue;
    int64_t start = sector * SECTOR;
    if (start >= size) continue;
    int64_t amount = size - start < SECTOR ? size - start : SECTOR;
    memcpy(merged + start, now + start, (size_t)amount);
  }
  free(image->durable);
  free(now);
  image->durable = merged;
  image->size = kept_size;
}

// MARK: - After the power is back

static int write_file(const char *path, const unsigned char *bytes, int64_t size) {
  int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return -1;
  int64_t done = 0;
  while (done < size) {
    ssize_t part = pwrite(file, bytes + done, (size_t)(size - done), done);
    if (part <= 0) break;
    done += part;
  }
  close(file);
  return done == size ? 0 : -1;
}

// Everything unsynced is lost, everything is kept, or each sector by itself.
enum { LOSES_ALL, KEEPS_ALL, CHOOSES };

static int64_t crash_image(image *image, int way, uint64_t *random) {
  int64_t lost = 0;
  // What the folder says.
  if (image->deleted || !image->linked) {
    int choice = way == LOSES_ALL ? 0 : way == KEEPS_ALL ? 1 : (int)(next_random(random) % 3);
    int may_go_back = image->deleted ? image->linked : image->has_ghost;
    if (choice == 0 && may_go_back) {
      if (image->deleted) return write_file(image->path, image->durable, image->size) < 0 ? -1 : 1;
      return write_file(image->path, image->ghost, image->ghost_size) < 0 ? -1 : 1;
    }
    if (image->deleted) return 0;
    if (choice == 0 || choice == 2) {
      unlink(image->path);
      return 1;
    }
  }
  int64_t size = 0;
  unsigned char *now = contents(image->path, &size);
  int64_t room = size > image->size ? size : image->size;
  unsigned char *found = must(calloc(1, room > 0 ? (size_t)room + SECTOR : SECTOR));
  unsigned char *wished = must(calloc(1, room > 0 ? (size_t)room + SECTOR : SECTOR));
  if (image->size > 0) memcpy(found, image->durable, (size_t)image->size);
  if (size > 0) memcpy(wished, now, (size_t)size);
  free(now);
  int64_t kept_size = way == LOSES_ALL ? image->size : size;
  if (way == CHOOSES && size != image->size) {
    int64_t low = size < image->size ? size : image->size;
    uint64_t choice = next_random(random) % 3;
    if (choice == 0) kept_size = image->size;
    if (choice == 1) kept_size = low + (int64_t)(next_random(random) % (uint64_t)(room - low + 1));
  }
  for (int64_t sector = 0; sector < image->sectors && sector * SECTOR < room; sector++) {
    if (!image->dirty[sector]) continue;
    int64_t start = sector * SECTOR;
    uint64_t choice = way == CHOOSES ? next_random(random) % 4 : way == KEEPS_ALL ? 0 : 2;
    size_t amount = SECTOR;
    if (choice == 2) amount = 0;
    if (choice == 3) amount = next_random(random) % SECTOR;
    if (amount < SECTOR) lost += 1;
    memcpy(found + start, wished + start, amount);
  }
  int failed = write_file(image->path, found, kept_size);
  free(found);
  free(wished);
  return failed < 0 ? -1 : lost;
}

int64_t crash_images(image *first, uint64_t seed) {
  uint64_t random = seed;
  uint64_t choice = next_random(&random) % 6;
  int way = choice == 0 ? LOSES_ALL : choice == 1 ? KEEPS_ALL : CHOOSES;
  int64_t lost = 0;
  for (image *each = first; each != NULL && lost >= 0; each = each->next) {
    int64_t here = crash_image(each, way, &random);
    lost = here < 0 ? -1 : lost + here;
    // The index of the write-ahead log is memory and no file: it is made anew.
    size_t length = strlen(each->path) + 5;
    char *index = must(malloc(length));
    snprintf(index, length, "%s-shm", each->path);
    unlink(index);
    free(index);
  }
  return lost;
}
