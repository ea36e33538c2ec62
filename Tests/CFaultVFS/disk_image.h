// What is on the disk of each file, below what programs see of it.
#ifndef PAYG_DISK_IMAGE_H
#define PAYG_DISK_IMAGE_H

#include <stdint.h>

// What is known to be on the disk of one file, and which sectors of it were changed since.
typedef struct image {
  struct image *next;
  char *path;
  unsigned char *durable;
  int64_t size;
  unsigned char *dirty;
  int64_t sectors;
  // The name of the file is on the disk.
  int linked;
  // It was deleted, and the folder not synced since.
  int deleted;
  // Another file had the name before, and the disk may still have that.
  unsigned char *ghost;
  int64_t ghost_size;
  int has_ghost;
} image;

uint64_t next_random(uint64_t *state);

image *find_image(image *first, const char *path);
// The image of a file that is being opened. One that is there is taken to be on the disk.
image *open_image(image **first, const char *path, int existed);
void forget_images(image **first);

// Marks the sectors of a range as changed.
void touch(image *image, int64_t offset, int64_t amount);
// Brings the changed sectors to the disk; where `torn`, some of them, and the others are forgotten, as systems do.
void sync_image(image *image, int torn, uint64_t *random);
// What the folder says of all files is on the disk.
void sync_folder(image *first);

// Leaves of every file what a machine may find after a power cut. Returns how many sectors were lost or torn, or -1.
int64_t crash_images(image *first, uint64_t seed);

#endif
